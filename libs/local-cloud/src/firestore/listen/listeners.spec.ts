import { describe, expect, it } from '@jest/globals';
import { FirestoreMachine } from '../machine.ts';
import { v1, type ListenRequest, type Write } from '../protos.ts';
import { SECOND } from '../time.ts';
import type { Input } from '../machine.ts';

const DATABASE = 'projects/p/databases/(default)';
const ROOT = `${DATABASE}/documents`;
const STREAM = 1;
const MINUTE = 60 * SECOND;

const all = { parent: ROOT, structuredQuery: { from: [{ collectionId: 'c' }] } };
const first = { ...all, structuredQuery: { ...all.structuredQuery, limit: { value: 1 } } };
const over1 = {
  ...all,
  structuredQuery: {
    ...all.structuredQuery,
    where: {
      fieldFilter: {
        field: { fieldPath: 'n' },
        op: 'GREATER_THAN' as const,
        value: { integerValue: 1 },
      },
    },
  },
};
const documents = { documents: [`${ROOT}/c/a`, `${ROOT}/c/b`] };

/** A stream of Listen whose messages are spelled in short: `add 1`, `a shown 1`, `filter 1 = 2`, `current 1`, `snapshot`. */
class Bench {
  readonly #machine = new FirestoreMachine({ indexes: undefined }, 1_000_000n);
  #now = 1_000_000n;
  #call = 100;
  #told: string[] = [];
  #token: Uint8Array = new Uint8Array();

  /** The resume token of the latest snapshot. */
  get token(): Uint8Array {
    return this.#token;
  }

  listen(request: ListenRequest): void {
    this.#step({ type: 'listen', call: STREAM, request: { database: DATABASE, ...request } });
  }

  disconnect(): void {
    this.#step({ type: 'closed', call: STREAM });
  }

  pass(micros: number): void {
    this.#now += BigInt(micros);
    this.#step({ type: 'tick' });
  }

  /** Sets documents to numbers, or deletes those that are given none, in one commit. */
  write(numbers: Readonly<Record<string, number | undefined>>): void {
    const writes = Object.entries(numbers).map(([id, n]): Write => {
      const name = `${ROOT}/c/${id}`;
      return n === undefined ? { delete: name } : { update: { name, fields: { n: { integerValue: n } } } };
    });
    this.#call += 1;
    const request = { database: DATABASE, writes };
    this.#step({ type: 'request', call: this.#call, bytes: 0, method: 'Commit', request });
  }

  /** What the stream has been told since the last look. */
  told(): string[] {
    return this.#told.splice(0);
  }

  #step(input: Input): void {
    this.#now += 1n;
    for (const output of this.#machine.step(input, this.#now).outputs) {
      if (output.type === 'message' && output.call === STREAM) this.#hear(output.bytes);
      if (output.type === 'end' && output.call === STREAM) this.#told.push(`end ${output.error?.code}`);
    }
  }

  #hear(bytes: Uint8Array): void {
    const response = v1.ListenResponse.decode(bytes);
    const { documentChange, documentDelete, documentRemove, filter, targetChange } = response;
    const tell = (words: string, ids: readonly number[] | null | undefined): void => {
      if (ids != null && ids.length > 0) this.#told.push(`${words} ${ids.join()}`);
    };
    if (targetChange != null) {
      const { cause, resumeToken, targetChangeType, targetIds } = targetChange;
      if (resumeToken instanceof Uint8Array && resumeToken.length > 0) this.#token = resumeToken;
      const kind = Object.keys(TYPES).find((name) => TYPES[name] === targetChangeType) ?? 'snapshot';
      this.#told.push(
        [kind, ...(targetIds ?? []), ...(cause == null ? [] : [`for ${cause.code}`])].join(' '),
      );
    }
    if (documentChange != null) {
      tell(`${idOf(documentChange.document?.name)} shown`, documentChange.targetIds);
      tell(`${idOf(documentChange.document?.name)} gone`, documentChange.removedTargetIds);
    }
    if (documentDelete != null)
      tell(`${idOf(documentDelete.document)} deleted`, documentDelete.removedTargetIds);
    if (documentRemove != null)
      tell(`${idOf(documentRemove.document)} left`, documentRemove.removedTargetIds);
    if (filter != null) this.#told.push(`filter ${filter.targetId} = ${filter.count}`);
  }
}

const { ADD, CURRENT, REMOVE, RESET } = v1.TargetChange.TargetChangeType;
const TYPES: Readonly<Record<string, number>> = { add: ADD, remove: REMOVE, current: CURRENT, reset: RESET };
const idOf = (name: string | null | undefined): string => (name ?? '').slice(`${ROOT}/c/`.length);

const begun = (bench: Bench, target: object): void => {
  bench.write({ a: 1, b: 2 });
  bench.listen({ addTarget: { targetId: 1, ...target } });
};
const start = (...shown: string[]): string[] => ['add 1', ...shown, 'current 1', 'snapshot'];

describe('a target', () => {
  it.each<[string, object, string[]]>([
    ['of a collection', { query: all }, start('a shown 1', 'b shown 1')],
    ['of a filter', { query: over1 }, start('b shown 1')],
    ['with a limit', { query: first }, start('a shown 1')],
    ['of documents', { documents }, start('a shown 1', 'b shown 1')],
    ['of a missing document', { documents: { documents: [`${ROOT}/c/z`] } }, start('z deleted 1')],
    ['to be told once', { query: over1, once: true }, [...start('b shown 1'), 'remove 1']],
    ['of nothing', {}, ['remove 1 for 3']],
    [
      'over all descendants',
      { query: { parent: ROOT, structuredQuery: { from: [{ allDescendants: true }] } } },
      ['remove 1 for 12'],
    ],
    ['of an empty query', { query: { parent: ROOT, structuredQuery: {} } }, ['remove 1 for 3']],
  ])('%s begins', (_target, target, told) => {
    const bench = new Bench();
    begun(bench, target);
    expect(bench.told()).toEqual(told);
  });

  it.each<[string, object, Record<string, number | undefined>, string[]]>([
    ['a new document', { query: all }, { z: 1 }, ['z shown 1', 'snapshot']],
    ['one that is deleted', { query: all }, { a: undefined }, ['a deleted 1', 'snapshot']],
    ['one that comes to match', { query: over1 }, { a: 9 }, ['a shown 1', 'snapshot']],
    ['one that matches no longer', { query: over1 }, { b: 0 }, ['b left 1', 'snapshot']],
    ['one that changes outside', { query: over1 }, { a: 0 }, []],
    [
      'one that moves into a window',
      { query: first },
      { a: undefined },
      ['a deleted 1', 'b shown 1', 'snapshot'],
    ],
    ['one commit as one snapshot', { query: all }, { a: 5, z: 1 }, ['a shown 1', 'z shown 1', 'snapshot']],
    ['nothing when it was told once', { query: all, once: true }, { z: 1 }, []],
    ['a write that changes nothing', { query: all }, { a: 1 }, []],
  ])('hears of %s', (_what, target, numbers, told) => {
    const bench = new Bench();
    begun(bench, target);
    bench.told();
    bench.write(numbers);
    expect(bench.told()).toEqual(told);
  });

  it.each<[string, Record<string, number | undefined>, string[]]>([
    ['nothing has happened', {}, ['filter 1 = 2']],
    ['documents came and went', { a: undefined, z: 1 }, ['a deleted 1', 'z shown 1', 'filter 1 = 2']],
    ['one changed', { b: 7 }, ['b shown 1', 'filter 1 = 2']],
    ['all are gone', { a: undefined, b: undefined }, ['a deleted 1', 'b deleted 1', 'filter 1 = 0']],
  ])('resumes by its token when %s: what differs, and a count to check', (_case, numbers, told) => {
    const bench = new Bench();
    begun(bench, { query: all });
    bench.disconnect();
    bench.told();
    if (Object.keys(numbers).length > 0) bench.write(numbers);
    bench.listen({ addTarget: { targetId: 1, query: all, resumeToken: bench.token } });
    expect(bench.told()).toEqual(start(...told));
  });

  it.each<[string, (bench: Bench) => Uint8Array]>([
    [
      'too old',
      (bench) => {
        bench.write({ a: 3 });
        bench.pass(11 * MINUTE);
        bench.write({ a: 4 });
        return bench.token;
      },
    ],
    ['of another server', () => Buffer.from('what?')],
    ['of the future', () => Buffer.from('7000000000000000', 'hex')],
  ])('whose token is %s is reset and starts again', (_case, tokenOf) => {
    const bench = new Bench();
    begun(bench, { query: all });
    bench.disconnect();
    bench.told();
    bench.listen({ addTarget: { targetId: 1, query: all, resumeToken: tokenOf(bench) } });
    expect(bench.told()).toEqual(['add 1', 'reset 1', 'a shown 1', 'b shown 1', 'current 1', 'snapshot']);
  });

  it('that is removed is told so and hears no more; the others of its stream do', () => {
    const bench = new Bench();
    begun(bench, { query: all });
    bench.listen({ addTarget: { targetId: 2, query: over1 } });
    bench.told();
    bench.write({ b: 5 });
    expect(bench.told()).toEqual(['b shown 1,2', 'snapshot']);
    bench.listen({ removeTarget: 1 });
    bench.write({ b: 6 });
    expect(bench.told()).toEqual(['remove 1', 'b shown 2', 'snapshot']);
  });

  it('cannot have the number of another on its stream', () => {
    const bench = new Bench();
    begun(bench, { query: all });
    bench.told();
    bench.listen({ addTarget: { targetId: 1, query: over1 } });
    expect(bench.told()).toEqual(['remove 1 for 3']);
  });

  it('is kept alive, with a younger token, when nothing happens', () => {
    const bench = new Bench();
    begun(bench, { query: all });
    bench.told();
    const { token } = bench;
    bench.pass(29 * SECOND);
    expect(bench.told()).toEqual([]);
    bench.pass(2 * SECOND);
    expect(bench.told()).toEqual(['snapshot']);
    expect(Buffer.compare(bench.token, token)).toBe(1);
  });
});
