import { Timestamp } from '@google-cloud/firestore';
import type protos from '@google-cloud/firestore-api/protos';
import fc from 'fast-check';

/** What documents hold. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | Timestamp
  | Uint8Array
  | Plain[]
  | { [name: string]: Plain };

/** Any value that Firestore stores, but for references and places. */
export function plainValue(): fc.Arbitrary<Plain> {
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
export function fieldsOf(document: Record<string, Plain>): Fields {
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
