import { createLogger } from '@bellwether/observability';
import { describe, expect, it, jest } from '@jest/globals';
import type { LimitScope, Outcome } from '../channels/outcome.ts';
import { AddressGate } from './address-gate.ts';

const open = new AbortController().signal;
const gone: Outcome = { kind: 'gone', reason: '404' };
const throttled = (scope: LimitScope): Outcome => ({ kind: 'throttled', retryAfterMs: 2_000, scope });

/** A gate in a world where time passes only in its pauses, and the tenants that it let through. */
function given() {
  let now = 1_000;
  const logger = createLogger({ service: 'notifier', level: 'silent' });
  const error = jest.spyOn(logger, 'error');
  const gate = new AddressGate({
    clock: { now: () => now },
    sleep: async (milliseconds, signal) => {
      await new Promise(setImmediate);
      if (!signal.aborted) now += milliseconds;
    },
    logger,
  });
  const passed: { tenant: string; at: number }[] = [];
  const ask = async (tenant: string, signal = open) => {
    await gate.turn(tenant, signal);
    if (!signal.aborted) passed.push({ tenant, at: now });
  };
  return { gate, ask, passed, error };
}

describe('the gate of our address', () => {
  it('lets one tenant after the other through, however many of one wait', async () => {
    const { ask, passed } = given();
    const busy = Array.from({ length: 200 }, async () => ask('busy'));
    await Promise.all([...busy, ask('quiet'), ask('calm')]);
    expect(passed.slice(0, 4).map(({ tenant }) => tenant)).toEqual(['busy', 'quiet', 'calm', 'busy']);
    expect(passed).toHaveLength(202);
  });

  it('lets no more through in a second than Discord allows an address', async () => {
    const { ask, passed } = given();
    await Promise.all(Array.from({ length: 300 }, async (_, index) => ask(`t${index}`)));
    for (const { at } of passed)
      expect(passed.filter((other) => other.at > at - 1_000 && other.at <= at).length).toBeLessThanOrEqual(
        50,
      );
  });

  it('lets nobody through while the address is limited, and everybody while only a channel is', async () => {
    const { gate, ask, passed } = given();
    gate.note(throttled('user'));
    await ask('a');
    gate.note(throttled('global'));
    await ask('b');
    expect(passed).toEqual([
      { tenant: 'a', at: 1_000 },
      { tenant: 'b', at: 3_000 },
    ]);
  });

  it('closes at a thousand invalid answers within ten minutes, and says so once', async () => {
    const { gate, ask, passed, error } = given();
    for (let index = 0; index < 998; index += 1) gate.note(index % 2 === 0 ? gone : throttled('user'));
    for (let index = 0; index < 5_000; index += 1) gate.note(throttled('shared'));
    gate.note({ kind: 'ambiguous', reason: '500' });
    gate.note(gone);
    await ask('a');
    expect(passed).toEqual([{ tenant: 'a', at: 1_000 }]);
    gate.note(gone);
    gate.note(gone);
    await ask('b');
    expect(passed.at(-1)).toEqual({ tenant: 'b', at: 601_000 });
    expect(error).toHaveBeenCalledTimes(1);
    expect(error.mock.calls[0]?.[0]).toEqual({ closedUntil: 601_000 });
  });

  it('forgets who waits no more', async () => {
    const { gate, ask, passed } = given();
    for (let index = 0; index < 1_000; index += 1) gate.note(gone);
    const leaving = new AbortController();
    const asked = Promise.all([ask('a', leaving.signal), ask('b')]);
    leaving.abort();
    gate.close();
    await asked;
    expect(passed.map(({ tenant }) => tenant)).toEqual(['b']);
  });
});
