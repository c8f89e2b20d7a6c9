import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v1, type Value, type Write } from '../src/firestore/protos.ts';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const DATABASE = 'projects/demo/databases/(default)';
const ROOT = `${DATABASE}/documents`;
const INVALID_ARGUMENT = 3;

let bench: FirestoreBench;
beforeAll(async () => {
  bench = await startFirestoreBench();
});
afterAll(() => bench.close());

const x = (bytes: number): string => 'x'.repeat(bytes);
const text = (bytes: number): Value => ({ stringValue: x(bytes) });

const update = (path: string, fields: Record<string, Value>): Write => ({
  update: { name: `${ROOT}/${path}`, fields },
});

/** The generated client sends what the other one refuses by itself. */
const commit = (...writes: Write[]): Promise<unknown> => bench.raw.commit({ database: DATABASE, writes });

function nested(levels: number, wrap: (inner: Value, level: number) => Value): Value {
  let value: Value = { integerValue: 1 };
  for (let level = 0; level < levels; level += 1) value = wrap(value, level);
  return value;
}

const mapOf = (a: Value): Value => ({ mapValue: { fields: { a } } });
const listOf = (value: Value): Value => ({ arrayValue: { values: [value] } });

function increments(count: number): Write {
  const fieldTransforms = Array.from({ length: count }, (_, i) => ({
    fieldPath: `f${i}`,
    increment: { integerValue: 1 },
  }));
  return { transform: { document: `${ROOT}/l/transformed`, fieldTransforms } };
}

/** Ten writes of a million bytes, and one of this many. */
const bigWrites = (last: number): Write[] =>
  Array.from({ length: 11 }, (_, i) => update(`l/big${i}`, { t: text(i < 10 ? 1_000_000 : last) }));

/** Writes in a request of exactly this many bytes. */
function requestOf(bytes: number): Write[] {
  const guess = 400_000;
  const size = v1.CommitRequest.encode({ database: DATABASE, writes: bigWrites(guess) }).finish().length;
  // Lengths of a text in this range, and of what holds it, all take three bytes.
  return bigWrites(guess + bytes - size);
}

describe('a write', () => {
  it.each<[what: string, last: number, write: (count: number) => Write[]]>([
    ['bytes of a document id', 1500, (n) => [update(`l/${x(n)}`, {})]],
    ['bytes of a document id in two-byte letters', 750, (n) => [update(`l/${'é'.repeat(n)}`, {})]],
    ['bytes of a collection id', 1500, (n) => [update(`${x(n)}/d`, {})]],
    ['bytes of a field name', 1500, (n) => [update('l/names', { [x(n)]: text(1) })]],
    [
      'bytes of a field name below a map',
      1500,
      (n) => [update('l/names', { m: { mapValue: { fields: { [x(n)]: text(1) } } } })],
    ],
    ['collections in a path', 100, (n) => [update(Array.from({ length: n }, () => 'c/d').join('/'), {})]],
    [
      'bytes of a whole name',
      6144,
      (n) => {
        const start = `c/${x(1500)}/c/${x(1500)}/c/${x(1500)}/c/${x(500)}/c/`;
        return [update(`${start}${x(n - ROOT.length - 1 - start.length)}`, {})];
      },
    ],
    ['levels of maps', 20, (n) => [update('l/deep', { top: nested(n, mapOf) })]],
    [
      'levels of maps and arrays by turns',
      20,
      (n) => [
        update('l/deep', {
          top: nested(n, (inner, level) => (level % 2 === 0 ? listOf(inner) : mapOf(inner))),
        }),
      ],
    ],
    ['arrays directly in one another', 1, (n) => [update('l/lists', { top: nested(n, listOf) })]],
    [
      'bytes of a document',
      1_048_576,
      (n) => [update('l/d', { a: text(600_000), b: text(n - 600_000 - 16 - 4 - 32 - 6) })],
    ],
    ['bytes of a text', 1_048_487, (n) => [update('l/d', { t: text(n) })]],
    ['bytes of bytes', 1_048_487, (n) => [update('l/d', { t: { bytesValue: Buffer.alloc(n) } })]],
    [
      'index entries',
      40_000,
      // One for each distinct element.
      (n) => [
        update('l/d', {
          t: { arrayValue: { values: Array.from({ length: n }, (_, i) => ({ integerValue: i })) } },
        }),
      ],
    ],
    ['transforms of a document', 500, (n) => [increments(n)]],
    ['bytes of a request', 10 * 1024 * 1024, requestOf],
  ])('may have %s up to %d', async (_what, last, write) => {
    await expect(commit(...write(last))).resolves.toBeDefined();
    expect(await failure(commit(...write(last + 1)))).toMatchObject({ code: INVALID_ARGUMENT });
  });

  it.each<[id: string, isAllowed: boolean]>([
    ['.', false],
    ['..', false],
    ['...', true],
    ['__x__', false],
    ['____', false],
    ['__x', true],
    ['x__', true],
    ['___', true],
    ['__id7__', true],
    ['__id-7__', true],
    ['__idx__', false],
    ['a b', true],
    ['%2F', true],
    ['ключ', true],
  ])('to the id %p: is it allowed?', async (id, isAllowed) => {
    for (const path of [`l/${id}`, `${id}/d`]) {
      const written = commit(update(path, {}));
      if (isAllowed) await expect(written).resolves.toBeDefined();
      else expect(await failure(written)).toMatchObject({ code: INVALID_ARGUMENT });
    }
  });
});
