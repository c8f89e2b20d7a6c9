import { createLogger } from '@bellwether/observability';
import { Firestore } from '@google-cloud/firestore';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type WriteOrigin, WritesShedError } from './bulk-writes.ts';
import { PacedWrites } from './paced-writes.ts';
import type { WriteProfile } from './profiles.ts';
import { WriteCounters } from './write-counters.ts';

const profile: WriteProfile = { name: 'small', writesPerSecond: 10, perDocument: 5, coolDownMs: 2_000 };
const background: WriteOrigin = { tenant: 'a', priority: 'background', patienceMs: 30_000 };
const command: WriteOrigin = { tenant: 'a', uid: 'ann', priority: 'command', patienceMs: 30_000 };

async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

describe('paced writes', () => {
  let writes: PacedWrites;
  let counters: WriteCounters;
  let outcomes: string[];
  let offered: number;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    outcomes = [];
    offered = 0;
    open(profile);
  });
  afterEach(() => {
    writes.close();
    jest.useRealTimers();
  });

  function open(limits: WriteProfile | undefined): void {
    counters = new WriteCounters({ since: 0, profile: limits?.name ?? 'off' });
    writes = new PacedWrites({
      firestore: new Firestore({ projectId: 'none' }),
      profile: limits,
      clock: { now: () => Date.now() },
      draw: () => 0,
      logger: createLogger({ service: 'test', level: 'silent' }),
      counters,
    });
  }

  /** Asks for a turn; what becomes of it is noted under the name. */
  async function offer(name: string, origin: WriteOrigin, count = 1): Promise<void> {
    offered += 1;
    const documents = Array.from({ length: count }, (_, i) => `tenants/a/deliveries/${offered}_${i}`);
    void writes.admit(origin, documents).then(
      () => outcomes.push(name),
      (error: unknown) =>
        outcomes.push(`${name}: ${error instanceof WritesShedError ? error.reason : 'failed'}`),
    );
    await jest.advanceTimersByTimeAsync(0);
  }
  const exhaust = (): void => writes.answered({ sentAt: Date.now(), isExhausted: true });
  const succeed = (): void => writes.answered({ sentAt: Date.now(), isExhausted: false });

  it('go at once while there is room, and then as the limit allows', async () => {
    await offer('one', background, 10);
    await offer('two', background, 5);
    await offer('three', background, 5);
    await offer('four', background, 5);
    expect(outcomes).toEqual(['one']);
    await pass(999);
    expect(outcomes).toEqual(['one']);
    await pass(1);
    expect(outcomes).toEqual(['one', 'two', 'three']);
    await pass(1_000);
    expect(outcomes).toEqual(['one', 'two', 'three', 'four']);
    expect(counters.performance()).toMatchObject({ batches: 4, writes: 25, longestWaitMs: 2_000, shed: 0 });
  });

  it('hold background work back while Firestore has no quota, then try one at a time', async () => {
    exhaust();
    await offer('one', background);
    await offer('two', background);
    await offer('command', command);
    expect(outcomes).toEqual(['command']);
    await pass(1_999);
    expect(outcomes).toEqual(['command']);
    await pass(1);
    expect(outcomes).toEqual(['command', 'one']);
    succeed();
    await pass(0);
    expect(outcomes).toEqual(['command', 'one', 'two']);
    expect(counters.performance()).toMatchObject({ state: 'closed', opened: 1, exhausted: 1 });
  });

  it('are held back no longer than what executions meet after the cool-down', async () => {
    exhaust();
    await pass(2_000);
    expect(counters.performance().state).toBe('shedsBackground');
    succeed();
    await pass(1);
    succeed();
    expect(counters.performance().state).toBe('closed');
  });

  it('try another when nothing is heard of the one that was tried', async () => {
    exhaust();
    await offer('one', background);
    await offer('two', background);
    await pass(2_000);
    await offer('three', background);
    await offer('command', command);
    await pass(1_999);
    expect(outcomes).toEqual(['one']);
    await pass(1);
    expect(outcomes).toEqual(['one', 'command']);
    await pass(2_000);
    expect(outcomes).toEqual(['one', 'command', 'two']);
  });

  it('refuse commands, also those that wait, when it gets no better', async () => {
    await offer('first', command, 10);
    exhaust();
    await pass(500);
    await offer('waiting', command, 10);
    await pass(499);
    exhaust();
    await pass(1);
    expect(outcomes).toEqual(['first', 'waiting']);
    await offer('late', command, 10);
    exhaust();
    await pass(0);
    await offer('later', command);
    await offer('background', background);
    expect(outcomes).toEqual(['first', 'waiting', 'late: overloaded', 'later: overloaded']);
    expect(counters.performance()).toMatchObject({ state: 'shedsCommands', shed: 2, waiting: 1 });
  });

  it('give up what has waited too long, at once where there is no patience', async () => {
    exhaust();
    await offer('short', { ...background, patienceMs: 500 });
    await offer('none', { ...background, patienceMs: 0 });
    await pass(500);
    expect(outcomes).toEqual(['none: waitedTooLong', 'short: waitedTooLong']);
    expect(counters.performance().waiting).toBe(0);
    await offer('next', background);
    await pass(2_000);
    expect(outcomes.at(-1)).toBe('next');
  });

  it('give up after a minute where nothing is said', async () => {
    await offer('for seventy seconds', background, 700);
    await offer('usual', { tenant: 'a', priority: 'background' });
    await pass(59_999);
    expect(outcomes).toEqual(['for seventy seconds']);
    await pass(1);
    expect(outcomes).toEqual(['for seventy seconds', 'usual: waitedTooLong']);
  });

  it('refuse what waits when they close, and what comes', async () => {
    exhaust();
    await offer('waiting', background);
    writes.close();
    await pass(0);
    await offer('coming', command);
    expect(outcomes).toEqual(['waiting: closed', 'coming: closed']);
    expect(counters.performance()).toMatchObject({ shed: 2, waiting: 0 });
  });

  it('take no more than a bounded number that waits', async () => {
    exhaust();
    for (let i = 0; i < 10_000; i += 1) void writes.admit(background, ['c/d']).catch(() => undefined);
    await offer('one too many', background);
    expect(outcomes).toEqual(['one too many: tooMuchWaits']);
  });

  it('count executions, which wait for nothing', async () => {
    exhaust();
    writes.count({ tenant: 'a', uid: 'ann' }, ['c/1', 'c/2']);
    await offer('command', command);
    expect(counters.performance()).toMatchObject({ executions: 2, batches: 1 });
    expect(counters.takeChangedUsers(9).get('ann')).toEqual({
      tenantId: 'a',
      since: 0,
      batches: 1,
      writes: 1,
      executions: 2,
      shed: 0,
    });
    expect(counters.hasChangedUsers).toBe(false);
  });

  it('hold nothing back when they are off', async () => {
    open(undefined);
    exhaust();
    await offer('much', background, 1_000);
    await offer('more', background, 1_000);
    expect(outcomes).toEqual(['much', 'more']);
    expect(counters.performance()).toMatchObject({ profile: 'off', writes: 2_000 });
  });
});
