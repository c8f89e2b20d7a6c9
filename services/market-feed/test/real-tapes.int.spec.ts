import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TickCheck } from '../src/feed/tick-check.ts';
import { demoTape } from '../src/index.ts';
import { TapeSource } from '../src/tapes/tape-source.ts';

/** Recorded markets, where they lie beside the project; the demo tape always. */
const folder = fileURLToPath(new URL('../../../../shared/data/tapes', import.meta.url));
const recorded = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.csv.gz')) : [];
const tapes = [demoTape, ...recorded.map((name) => join(folder, name))];
const logger = createLogger({ service: 'test', level: 'silent' });

describe('a recorded market', () => {
  it.each(tapes.map((path) => [basename(path), path] as const))(
    'is believed to the last tick, and its symbols are stale only where they are silent for long: %s',
    async (_, path) => {
      const source = await TapeSource.check([path], { shards: 2, isRebased: false });
      const check = new TickCheck(logger);
      let ticks = 0;
      let valid = 0;
      const staleFrom = new Map<string, number>();
      const outages: number[] = [];
      for await (const batch of source.open(0).batches) {
        for (const tick of batch) {
          ticks += 1;
          for (const step of check.check(tick)) {
            if ('tick' in step) valid += 1;
            else if (step.change.health === 'stale') staleFrom.set(step.change.symbol, step.change.since);
            else outages.push(step.change.since - (staleFrom.get(step.change.symbol) ?? Infinity));
          }
        }
      }
      check.finish();
      expect({ refused: check.result.refused, valid }).toEqual({ refused: {}, valid: ticks });
      expect(outages.filter((milliseconds) => milliseconds < 10 * 60_000)).toEqual([]);
    },
    120_000,
  );
});
