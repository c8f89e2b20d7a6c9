import { createLogger } from '@bellwether/observability';
import { Firestore, type WriteBatch } from '@google-cloud/firestore';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WriteCounters } from './write-counters.ts';
import { WriteReport } from './write-report.ts';

type Documents = Record<string, unknown>;

/** Keeps what batches hold instead of sending it, and refuses as many as it is told. */
class KeptBatches extends Firestore {
  readonly written: Documents[] = [];
  failures = 0;

  override batch(): WriteBatch {
    const documents: Documents = {};
    const batch = super.batch();
    batch.set = (at, document) => {
      documents[at.path] = document;
      return batch;
    };
    batch.commit = async () => {
      this.failures -= 1;
      if (this.failures >= 0) throw new Error('not now');
      this.written.push(documents);
      return Promise.resolve([]);
    };
    return batch;
  }
}

const everyMs = 5_000;
const batchPerformance = 'ops/batch_performance';

async function pass(rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i += 1) await jest.advanceTimersByTimeAsync(everyMs);
}

describe('the report of what a process writes', () => {
  let firestore: KeptBatches;
  let counters: WriteCounters;
  let report: WriteReport;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    firestore = new KeptBatches({ projectId: 'none' });
    counters = new WriteCounters({ since: 0, profile: 'default', onChange: () => report.changed() });
    const logger = createLogger({ service: 'test', level: 'silent' });
    report = new WriteReport({
      firestore,
      name: 'ledger',
      clock: { now: () => Date.now() },
      logger,
      counters,
    });
  });
  afterEach(async () => {
    await report.close();
    jest.useRealTimers();
  });

  const write = (uid: string): void =>
    counters.admitted({ tenant: 'acme', uid, priority: 'background' }, 2, 0);
  const paths = (): string[][] => firestore.written.map((documents) => Object.keys(documents));

  it('is written once for all that changed within five seconds, and not again', async () => {
    write('ann');
    write('ann');
    await pass(3);
    expect(firestore.written).toMatchObject([
      {
        [batchPerformance]: { processes: { ledger: { batches: 2, writes: 4, reportedAt: everyMs } } },
        'ops/write_rates/users/ann': { tenantId: 'acme', processes: { ledger: { batches: 2, writes: 4 } } },
      },
    ]);
    await report.close();
    expect(firestore.written).toHaveLength(1);
  });

  it('tells of twenty users at a time, and of the others after', async () => {
    for (let i = 0; i < 45; i += 1) write(`u${i}`);
    await pass(5);
    expect(paths().map((each) => each.length)).toEqual([21, 20, 5]);
    expect(new Set(paths().flat()).size).toBe(46);
  });

  it('tells later what it could not tell', async () => {
    firestore.failures = 2;
    write('ann');
    await pass(3);
    expect(paths()).toEqual([[batchPerformance, 'ops/write_rates/users/ann']]);
    firestore.failures = 1;
    counters.entered('shedsBackground');
    await pass(2);
    expect(firestore.written[1]).toMatchObject({
      [batchPerformance]: { processes: { ledger: { state: 'shedsBackground' } } },
    });
  });

  it('knows ten thousand users, those that wrote last', () => {
    write('first');
    for (let i = 0; i < 9_999; i += 1) write(`u${i}`);
    write('first');
    write('one more');
    const known = counters.takeChangedUsers(20_000);
    expect([known.size, known.has('first'), known.has('u0'), known.has('one more')]).toEqual([
      10_000,
      true,
      false,
      true,
    ]);
  });
});
