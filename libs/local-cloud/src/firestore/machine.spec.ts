import { describe, expect, it } from '@jest/globals';
import { FirestoreMachine, type Input, type MachineOptions, type Request } from './machine.ts';
import { v1, type Fields, type Write } from './protos.ts';
import { SECOND, toTimestamp } from './time.ts';
import { Code } from './status.ts';

const DATABASE = 'projects/p/databases/(default)';
const nameOf = (path: string): string => `${DATABASE}/documents/${path}`;
const TIMES = { total: 270 * SECOND, idle: 60 * SECOND, lockWait: 10 * SECOND };

/** A machine whose time stands still but for the steps and what a test lets pass. */
class Bench {
  readonly #machine: FirestoreMachine;
  #now = 1_000_000n;
  #call = 0;
  /** What each call was answered: its messages, then `ok` or the code of its error. */
  readonly answers = new Map<number, (Uint8Array | string | number)[]>();

  constructor(options: Partial<MachineOptions> = {}) {
    this.#machine = new FirestoreMachine({ indexes: undefined, times: TIMES, ...options }, 1_000_000n);
  }

  get now(): number {
    return Number(this.#now);
  }

  request(request: Request): number {
    this.#call += 1;
    this.#step({ type: 'request', call: this.#call, bytes: 0, ...request });
    return this.#call;
  }

  pass(micros: number): void {
    this.#now += BigInt(micros);
    this.#step({ type: 'tick' });
  }

  /** Begins a transaction, as a retry of another if one is given. */
  begin(retryTransaction?: Uint8Array): Uint8Array {
    const options = { readWrite: retryTransaction === undefined ? {} : { retryTransaction } };
    return this.#began({ method: 'BeginTransaction', request: { options } });
  }

  beginReadOnly(readTime?: number): Uint8Array {
    const readOnly = readTime === undefined ? {} : { readTime: toTimestamp(readTime) };
    return this.#began({ method: 'BeginTransaction', request: { options: { readOnly } } });
  }

  read(path: string, transaction?: Uint8Array): number {
    const request = { documents: [nameOf(path)], ...(transaction && { transaction }) };
    return this.request({ method: 'BatchGetDocuments', request });
  }

  /** The fields that a read was answered; undefined for a missing document. */
  fieldsOf(call: number): Fields | undefined {
    return v1.BatchGetDocumentsResponse.decode(this.#message(call)).found?.fields ?? undefined;
  }

  write(path: string, n: number, transaction?: Uint8Array): number {
    const writes: Write[] = [{ update: { name: nameOf(path), fields: { n: { integerValue: n } } } }];
    const request = { database: DATABASE, writes, ...(transaction && { transaction }) };
    return this.request({ method: 'Commit', request });
  }

  /** Writes a document that expires so long from now. */
  writeExpiring(path: string, micros: number): number {
    const fields = { expireAt: { timestampValue: toTimestamp(this.now + micros) } };
    const request = { database: DATABASE, writes: [{ update: { name: nameOf(path), fields } }] };
    return this.request({ method: 'Commit', request });
  }

  rollback(transaction: Uint8Array): number {
    return this.request({ method: 'Rollback', request: { transaction } });
  }

  /** `ok`, the code of the error, or undefined while the call waits. */
  outcome(call: number): Uint8Array | string | number | undefined {
    return this.answers.get(call)?.at(-1);
  }

  #began(request: Request): Uint8Array {
    const { transaction } = v1.BeginTransactionResponse.decode(this.#message(this.request(request)));
    return typeof transaction === 'string' ? Buffer.from(transaction, 'base64') : transaction;
  }

  #message(call: number): Uint8Array {
    const [message] = this.answers.get(call) ?? [];
    if (!(message instanceof Uint8Array)) throw new Error(`call ${call} was not answered`);
    return message;
  }

  #step(input: Input): void {
    this.#now += 1n;
    for (const output of this.#machine.step(input, this.#now).outputs) {
      if (output.type === 'commit') continue;
      const answers = this.answers.get(output.call) ?? [];
      answers.push(output.type === 'message' ? output.bytes : (output.error?.code ?? 'ok'));
      this.answers.set(output.call, answers);
    }
  }
}

describe('locks of transactions', () => {
  it('let a writer from outside wait until the transaction ends', () => {
    const bench = new Bench();
    const transaction = bench.begin();
    bench.read('c/a', transaction);
    const outside = bench.write('c/a', 1);
    const other = bench.write('c/b', 1);
    expect([bench.outcome(outside), bench.outcome(other)]).toEqual([undefined, 'ok']);
    const commit = bench.write('c/a', 2, transaction);
    expect([bench.outcome(commit), bench.outcome(outside)]).toEqual(['ok', 'ok']);
    expect(bench.fieldsOf(bench.read('c/a'))).toMatchObject({ n: { integerValue: { low: 1 } } });
  });

  it('let nobody read what is not committed', () => {
    const bench = new Bench();
    const transaction = bench.begin();
    bench.read('c/a', transaction);
    expect(bench.outcome(bench.write('c/a', 7))).toBeUndefined();
    expect(bench.fieldsOf(bench.read('c/a'))).toBeUndefined();
  });

  it('resolve a deadlock for the older transaction', () => {
    const bench = new Bench();
    const [older, younger] = [bench.begin(), bench.begin()];
    for (const transaction of [younger, older]) bench.read('c/a', transaction);
    const first = bench.write('c/a', 1, younger);
    expect(bench.outcome(first)).toBeUndefined();
    const second = bench.write('c/a', 2, older);
    expect([bench.outcome(first), bench.outcome(second)]).toEqual([Code.ABORTED, 'ok']);
  });

  it('keep the age of a transaction over its retries', () => {
    const bench = new Bench();
    const aborted = bench.begin();
    const competitor = bench.begin();
    bench.rollback(aborted);
    const retry = bench.begin(aborted);
    for (const transaction of [competitor, retry]) bench.read('c/a', transaction);
    const first = bench.write('c/a', 1, competitor);
    const second = bench.write('c/a', 2, retry);
    expect([bench.outcome(first), bench.outcome(second)]).toEqual([Code.ABORTED, 'ok']);
  });

  it('find circles of three', () => {
    const bench = new Bench();
    const [a, b, c] = [bench.begin(), bench.begin(), bench.begin()];
    bench.read('c/a', a);
    bench.read('c/b', b);
    bench.read('c/c', c);
    const calls = [bench.write('c/b', 1, a), bench.write('c/c', 1, b), bench.write('c/a', 1, c)];
    expect(calls.map((call) => bench.outcome(call))).toEqual(['ok', 'ok', Code.ABORTED]);
  });

  it('queue a new reader behind a waiting writer', () => {
    const bench = new Bench();
    const [first, second] = [bench.begin(), bench.begin()];
    bench.read('c/a', first);
    const outside = bench.write('c/a', 5);
    const read = bench.read('c/a', second);
    expect(bench.outcome(read)).toBeUndefined();
    bench.rollback(first);
    expect(bench.outcome(outside)).toBe('ok');
    expect(bench.fieldsOf(read)).toMatchObject({ n: { integerValue: { low: 5 } } });
  });

  it('hold off writes that would change the results of a query read', () => {
    const bench = new Bench();
    const transaction = bench.begin();
    const where = {
      fieldFilter: { field: { fieldPath: 'n' }, op: 'EQUAL' as const, value: { integerValue: 1 } },
    };
    const structuredQuery = { from: [{ collectionId: 'c' }], where };
    bench.request({
      method: 'RunQuery',
      request: { parent: `${DATABASE}/documents`, structuredQuery, transaction },
    });
    expect(bench.outcome(bench.write('c/a', 2))).toBe('ok');
    const phantom = bench.write('c/b', 1);
    expect(bench.outcome(phantom)).toBeUndefined();
    bench.rollback(transaction);
    expect(bench.outcome(phantom)).toBe('ok');
  });

  it('are not waited for longer than the bound', () => {
    const bench = new Bench();
    bench.read('c/a', bench.begin());
    const outside = bench.write('c/a', 1);
    bench.pass(TIMES.lockWait - SECOND);
    expect(bench.outcome(outside)).toBeUndefined();
    bench.pass(SECOND);
    expect(bench.outcome(outside)).toBe(Code.ABORTED);
  });
});

describe('a transaction', () => {
  it.each([
    ['idle for a minute', [61 * SECOND]],
    ['open for 270 seconds', Array.from({ length: 10 }, () => 28 * SECOND)],
  ])('expires when it is %s', (_when, pauses) => {
    const bench = new Bench();
    const transaction = bench.begin();
    for (const pause of pauses) {
      bench.read('c/a', transaction);
      bench.pass(pause);
    }
    expect(bench.outcome(bench.write('c/b', 1, transaction))).toBe(Code.INVALID_ARGUMENT);
    expect(bench.outcome(bench.write('c/a', 1))).toBe('ok');
  });

  it('that is read-only sees one snapshot and locks nothing', () => {
    const bench = new Bench();
    bench.write('c/a', 1);
    const transaction = bench.beginReadOnly();
    expect(bench.outcome(bench.write('c/a', 2))).toBe('ok');
    expect(bench.fieldsOf(bench.read('c/a', transaction))).toMatchObject({ n: { integerValue: { low: 1 } } });
    expect(bench.outcome(bench.write('c/a', 3, transaction))).toBe(Code.INVALID_ARGUMENT);
  });
});

describe('a read-only transaction at a read time', () => {
  it('sees what was then', () => {
    const bench = new Bench();
    bench.write('c/a', 1);
    const then = bench.now;
    bench.write('c/a', 2);
    const transaction = bench.beginReadOnly(then);
    expect(bench.fieldsOf(bench.read('c/a', transaction))).toMatchObject({ n: { integerValue: { low: 1 } } });
  });
});

describe('an optimistic transaction', () => {
  const optimistic = { concurrency: 'optimistic' } as const;

  it('lets others write, and aborts when they changed what it read', () => {
    const bench = new Bench(optimistic);
    bench.write('c/a', 1);
    const transaction = bench.begin();
    bench.read('c/a', transaction);
    expect(bench.outcome(bench.write('c/a', 2))).toBe('ok');
    expect(bench.fieldsOf(bench.read('c/a', transaction))).toMatchObject({ n: { integerValue: { low: 1 } } });
    expect(bench.outcome(bench.write('c/b', 1, transaction))).toBe(Code.ABORTED);
    expect(bench.outcome(bench.write('c/b', 1, transaction))).toBe(Code.INVALID_ARGUMENT);
  });

  it('commits when nothing that it read has changed', () => {
    const bench = new Bench(optimistic);
    const transaction = bench.begin();
    bench.read('c/a', transaction);
    bench.write('c/other', 1);
    expect(bench.outcome(bench.write('c/a', 1, transaction))).toBe('ok');
  });

  it('aborts when a document came to match its query', () => {
    const bench = new Bench(optimistic);
    const transaction = bench.begin();
    bench.request({
      method: 'RunQuery',
      request: {
        parent: `${DATABASE}/documents`,
        structuredQuery: { from: [{ collectionId: 'c' }] },
        transaction,
      },
    });
    bench.write('c/new', 1);
    expect(bench.outcome(bench.write('d/a', 1, transaction))).toBe(Code.ABORTED);
  });
});

describe('documents with a time to live', () => {
  const HOUR = 3600 * SECOND;
  const ttl = { fieldOverrides: [{ collectionGroup: 'c', fieldPath: 'expireAt', ttl: true, indexes: [] }] };

  it('go an hour or so after their time, in every collection of the group', () => {
    const bench = new Bench({ indexes: ttl });
    for (const path of ['c/a', 'x/y/c/b']) bench.writeExpiring(path, 10 * SECOND);
    bench.writeExpiring('other/a', 10 * SECOND);
    bench.writeExpiring('c/later', 2 * HOUR);
    bench.write('c/never', 1);
    bench.pass(HOUR);
    expect(bench.fieldsOf(bench.read('c/a'))).toBeDefined();
    bench.pass(70 * SECOND);
    const left = ['c/a', 'x/y/c/b', 'other/a', 'c/later', 'c/never'].filter(
      (path) => bench.fieldsOf(bench.read(path)) !== undefined,
    );
    expect(left).toEqual(['other/a', 'c/later', 'c/never']);
  });

  it('stay while a transaction holds them', () => {
    const bench = new Bench({ indexes: ttl });
    bench.writeExpiring('c/a', SECOND);
    bench.pass(HOUR - 30 * SECOND);
    const transaction = bench.begin();
    bench.read('c/a', transaction);
    bench.pass(40 * SECOND);
    expect(bench.fieldsOf(bench.read('c/a', transaction))).toBeDefined();
    bench.rollback(transaction);
    bench.pass(61 * SECOND);
    expect(bench.fieldsOf(bench.read('c/a'))).toBeUndefined();
  });
});
