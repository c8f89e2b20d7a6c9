import { Timestamp } from '@google-cloud/firestore';
import protos from '@google-cloud/firestore-api/protos';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Plain, fieldsOf, plainValue } from '../commits/plain-value.arbitrary.ts';
import { readBatchAnswer, readQueryAnswer } from './read-answer.ts';

const { RunQueryResponse, BatchGetDocumentsResponse } = protos.google.firestore.v1;
const name = 'projects/p/databases/(default)/documents/users/u/journal/0000000001';
const createTime = { seconds: 1_700_000_000, nanos: 123_456_000 };
const updateTime = { seconds: 1_700_000_001 };
const readTime = { seconds: 1_700_000_002, nanos: 5_000 };

describe('an answer with a document', () => {
  it('holds every value that Google says it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), plainValue()), (fields) => {
        const document = { name, fields: fieldsOf(fields), createTime, updateTime };
        const bytes = RunQueryResponse.encode({ document, readTime }).finish();
        expect(readQueryAnswer(bytes).document?.data()).toEqual(inBuffers(fields));
      }),
    );
  });

  it('holds a field by the name of the prototype as one of its own', () => {
    const document = documentOf(fieldsOf({ ['__proto__']: [1], map: { ['__proto__']: { a: 2 } } }));
    const data = readQueryAnswer(RunQueryResponse.encode({ document }).finish()).document?.data();
    expect(JSON.stringify(data)).toBe('{"__proto__":[1],"map":{"__proto__":{"a":2}}}');
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });

  it.each([
    [
      'a query',
      RunQueryResponse.encode({ document: documentOf({}), readTime, skippedResults: 3 }),
      readQueryAnswer,
    ],
    ['a list', BatchGetDocumentsResponse.encode({ found: documentOf({}), readTime }), readBatchAnswer],
  ])('says where it is and when it was written, to %s', (_what, encoded, read) => {
    const { document, readTime: time } = read(encoded.finish());
    expect(document).toMatchObject({
      path: 'users/u/journal/0000000001',
      id: '0000000001',
      createTime: new Timestamp(1_700_000_000, 123_456_000),
      updateTime: new Timestamp(1_700_000_001, 0),
    });
    expect(time).toEqual(new Timestamp(1_700_000_002, 5_000));
  });

  it('may hold none', () => {
    expect(readQueryAnswer(RunQueryResponse.encode({ readTime }).finish()).document).toBeUndefined();
    const missing = BatchGetDocumentsResponse.encode({ missing: name, readTime }).finish();
    expect(readBatchAnswer(missing).document).toBeUndefined();
  });

  it('must be whole, and hold nothing that is not known here', () => {
    const whole = RunQueryResponse.encode({ document: documentOf({ a: { stringValue: 'text' } }) }).finish();
    for (let length = 1; length < whole.length; length += 1)
      expect(() => readQueryAnswer(whole.subarray(0, length))).toThrow('ends in the middle');
    const place = documentOf({ a: { geoPointValue: { latitude: 1, longitude: 2 } } });
    const bytes = RunQueryResponse.encode({ document: place }).finish();
    expect(() => readQueryAnswer(bytes).document?.data()).toThrow('a value of unknown kind');
  });
});

function documentOf(fields: Record<string, protos.google.firestore.v1.IValue>) {
  return { name, fields, createTime, updateTime };
}

/** Bytes are read as Google's client reads them. */
function inBuffers(value: Plain): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(inBuffers);
  if (typeof value !== 'object' || value === null || value instanceof Timestamp) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inBuffers(inner)]));
}
