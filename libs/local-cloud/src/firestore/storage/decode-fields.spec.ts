import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v1, type Fields, type Value } from '../protos.ts';
import { decodeFields, fieldName } from './decode-fields.ts';

const name = fc.constantFrom('a', 'ab', 'b', 'é', '__proto', '', 'x'.repeat(200));
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }).map((stringValue) => ({ stringValue })),
  fc.integer().map((integerValue) => ({ integerValue })),
  fc.double().map((doubleValue) => ({ doubleValue })),
  fc.constant({ nullValue: 'NULL_VALUE' as const }),
  fc.array(fc.boolean()).map((all) => ({
    arrayValue: { values: all.map((booleanValue) => ({ booleanValue })) },
  })),
  fc
    .dictionary(fc.string(), fc.constant({ stringValue: 'in it' }))
    .map((fields) => ({ mapValue: { fields } })),
);
const anyFields = fc.dictionary(name, value);

const encoded = (fields: Fields): Uint8Array =>
  v1.Document.encode({
    name: 'projects/p/databases/(default)/documents/a/b',
    fields,
    createTime: { seconds: 1, nanos: 2 },
    updateTime: { seconds: 3, nanos: 4 },
  }).finish();

describe('some fields of an encoded document', () => {
  it('are what decoding all of it gives', () => {
    fc.assert(
      fc.property(anyFields, fc.uniqueArray(name), (fields, names) => {
        const bytes = encoded(fields);
        const all = v1.Document.decode(bytes).fields;
        const expected = Object.fromEntries(Object.entries(all).filter(([each]) => names.includes(each)));
        expect(decodeFields(bytes, names.map(fieldName))).toEqual(expected);
      }),
    );
  });

  it('are all of them where an entry is encoded in another way', () => {
    // One entry of the map `fields`, its value before its key: allowed, and done by nobody.
    const number = v1.Value.encode({ integerValue: 7 }).finish();
    const entry = Buffer.concat([Buffer.from([0x12, number.length]), number, Buffer.from([0x0a, 1, 0x61])]);
    const bytes = Buffer.concat([Buffer.from([0x12, entry.length]), entry]);
    expect(decodeFields(bytes, [fieldName('a')])).toEqual(v1.Document.decode(bytes).fields);
  });
});
