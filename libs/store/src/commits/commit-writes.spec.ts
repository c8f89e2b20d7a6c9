import { Timestamp } from '@google-cloud/firestore';
import protos from '@google-cloud/firestore-api/protos';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnstorableValueError } from '../errors.ts';
import { CommitWrites } from './commit-writes.ts';

const { CommitRequest } = protos.google.firestore.v1;
const database = 'projects/p/databases/(default)';
const time = new Timestamp(1_700_000_000, 123_456_000);

describe('the writes of a commit', () => {
  it('are a CommitRequest, in their order', () => {
    const writes = new CommitWrites();
    writes.create('users/u', { uid: 'u' });
    writes.replace('users/u/accounts/a', { version: 2 }, time);
    writes.merge('tenants/t', { tenantId: 't' });
    expect(writes.size).toBe(3);
    expect(decoded(writes)).toEqual({
      database,
      writes: [
        {
          update: { name: `${database}/documents/users/u`, fields: { uid: { stringValue: 'u' } } },
          currentDocument: { exists: false },
        },
        {
          update: {
            name: `${database}/documents/users/u/accounts/a`,
            fields: { version: { integerValue: 2 } },
          },
          currentDocument: { updateTime: { seconds: 1_700_000_000, nanos: 123_456_000 } },
        },
        {
          update: { name: `${database}/documents/tenants/t`, fields: { tenantId: { stringValue: 't' } } },
          updateMask: { fieldPaths: ['tenantId'] },
        },
      ],
    });
  });

  it('merge the leaves of what they are given, with names in quotes that are no words', () => {
    const writes = new CommitWrites();
    writes.merge('d/1', { accounts: { 'u1.main': { trading: 'halted', holds: [], none: {} } }, 'a`\\b': 1 });
    expect(decoded(writes)).toMatchObject({
      writes: [
        {
          updateMask: {
            fieldPaths: [
              'accounts.`u1.main`.trading',
              'accounts.`u1.main`.holds',
              'accounts.`u1.main`.none',
              '`a\\`\\\\b`',
            ],
          },
        },
      ],
    });
  });

  it('hold every value as Google says it is written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value()), (document) => {
        const writes = new CommitWrites();
        writes.create('d/1', document);
        const update = { name: `${database}/documents/d/1`, fields: fieldsOf(document) };
        const oracle = CommitRequest.encode({
          database,
          writes: [{ update, currentDocument: { exists: false } }],
        });
        // Both read back, since the order of fields on the wire is free, and a zero need not be written.
        expect(plain(writes.encode(database))).toEqual(plain(oracle.finish()));
      }),
    );
  });

  it.each([
    ['undefined', { a: { b: [1, undefined] } }, 'cannot store d/1: a.b[1]: it is undefined'],
    ['a function', { a: Math.abs }, 'cannot store d/1: a: it is function'],
    ['a class', { at: new Date(0) }, 'cannot store d/1: at: it is a Date'],
    ['an array in an array', { a: [[1]] }, 'cannot store d/1: a: it holds an array in an array'],
  ])('refuse %s, name the field, and are none the worse for it', (_what, document, message) => {
    const writes = new CommitWrites();
    writes.create('d/1', document);
    expect(() => writes.encode(database)).toThrow(new UnstorableValueError(message));
    const next = new CommitWrites();
    next.create('d/2', {});
    expect(decoded(next)).toMatchObject({ writes: [{ update: { name: `${database}/documents/d/2` } }] });
  });
});

function decoded(writes: CommitWrites): unknown {
  return CommitRequest.toObject(CommitRequest.decode(writes.encode(database)), { longs: Number });
}

function plain(bytes: Uint8Array): unknown {
  return CommitRequest.toObject(CommitRequest.decode(bytes), { defaults: true });
}

type Plain = string | number | boolean | null | Timestamp | Uint8Array | Plain[] | { [name: string]: Plain };

function value(): fc.Arbitrary<Plain> {
  const { any } = fc.letrec<{ leaf: Plain; list: Plain[]; map: Record<string, Plain>; any: Plain }>(
    (tie) => ({
      leaf: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer(),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true }),
        fc.constantFrom(-0, Number.NaN, Infinity),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array(),
        fc
          .tuple(fc.integer({ min: 0, max: 253_402_300_799 }), fc.integer({ min: 0, max: 999_999_999 }))
          .map(([seconds, nanos]) => new Timestamp(seconds, nanos)),
      ),
      list: fc.array(fc.oneof(tie('leaf'), tie('map')), { maxLength: 4 }),
      map: fc.dictionary(fc.string({ maxLength: 50 }), tie('any'), { maxKeys: 4 }),
      any: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('map')),
    }),
  );
  return any;
}

type Fields = Record<string, protos.google.firestore.v1.IValue>;

/** The same by the book, with Google's own messages. */
function fieldsOf(document: Record<string, Plain>): Fields {
  return Object.fromEntries(Object.entries(document).map(([name, content]) => [name, valueOf(content)]));
}

function valueOf(content: Plain): protos.google.firestore.v1.IValue {
  if (content === null) return { nullValue: 'NULL_VALUE' };
  if (typeof content === 'string') return { stringValue: content };
  if (typeof content === 'boolean') return { booleanValue: content };
  if (typeof content === 'number')
    return Number.isSafeInteger(content) && !Object.is(content, -0)
      ? { integerValue: content }
      : { doubleValue: content };
  if (content instanceof Uint8Array) return { bytesValue: content };
  if (content instanceof Timestamp)
    return { timestampValue: { seconds: content.seconds, nanos: content.nanoseconds } };
  if (Array.isArray(content)) return { arrayValue: { values: content.map(valueOf) } };
  return { mapValue: { fields: fieldsOf(content) } };
}
