import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { RefusalNotes } from './refusal-notes.ts';
import type { RefusedTicks } from './tick-check.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

function refusing(crossed: number): RefusedTicks {
  return { refused: { crossed }, refusedSamples: [] };
}

/** A document that is written when a spec says so. */
function notes() {
  const written: number[] = [];
  const underWay: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const made = new RefusalNotes(async ({ refused }) => {
    written.push(refused['crossed'] ?? 0);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    underWay.push({ resolve, reject });
    await promise;
  }, logger);
  return { made, written, underWay };
}

describe('notes of what is refused', () => {
  it('are written when there is news, one at a time', async () => {
    const { made, written, underWay } = notes();
    made.write(undefined);
    made.write(refusing(0));
    made.write(refusing(2));
    made.write(refusing(3));
    expect(written).toEqual([2]);
    underWay[0]?.resolve();
    await made.settled;
    made.write(refusing(2));
    made.write(refusing(4));
    expect(written).toEqual([2, 4]);
    underWay[1]?.resolve();
    await made.settled;
  });

  it('are written again when a write failed', async () => {
    const { made, written, underWay } = notes();
    made.write(refusing(2));
    underWay[0]?.reject(new Error('unavailable'));
    await made.settled;
    made.write(refusing(2));
    expect(written).toEqual([2, 2]);
    underWay[1]?.resolve();
    await made.settled;
  });
});
