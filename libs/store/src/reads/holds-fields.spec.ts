import protos from '@google-cloud/firestore-api/protos';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { type Plain, fieldsOf, plainValue } from '../commits/plain-value.arbitrary.ts';
import { holdsFields } from './holds-fields.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { readQueryAnswer } from './read-answer.ts';
import type { ReadDocument } from './read-document.ts';

const { Document, RunQueryResponse } = protos.google.firestore.v1;
const name = 'projects/p/databases/(default)/documents/t/a/entries/u.main:0000000001:0';
const times = { createTime: { seconds: 1 }, updateTime: { seconds: 2 } };
const fieldTag = 0x12;

const entry = {
  eventId: 'u.main:0000000001:0',
  seq: 1,
  kind: 'open',
  isLate: false,
  none: null,
  lag: 0.5,
  before: -3,
  postings: [
    { ledgerAccount: 'cash', currency: 'USDT', amount: '-12.5' },
    { ledgerAccount: 'inventory:BTC-USDT', currency: 'USDT', amount: '12.5' },
  ],
  empty: { list: [], map: {}, text: '' },
};

describe('whether a document holds fields', () => {
  it('is told as by reading and comparing all of them', () => {
    const fields = fc.dictionary(fc.string({ maxLength: 2 }), plainValue(), { maxKeys: 4 });
    fc.assert(
      fc.property(fields, fields, (stored, others) => {
        const document = documentOf(stored);
        const [data, other] = [document.data(), documentOf(others).data()];
        for (const expected of [document.data(), other, { ...data, ...other }])
          expect(document.holds(expected)).toBe(isDeepStrictEqual(data, expected));
      }),
      { numRuns: 500 },
    );
  });

  it('is told from the bytes, in whatever order they come', () => {
    expect(holdsBytes(entry, entry)).toBe(true);
    expect(holdsBytes(Object.fromEntries(Object.entries(entry).toReversed()), entry)).toBe(true);
  });

  it.each<[string, object]>([
    ['one is another', { ...entry, seq: 2 }],
    ['one is of another kind', { ...entry, seq: '1' }],
    ['one is missing', { ...entry, seq: undefined }],
    ['one is more', { ...entry, more: 1 }],
    ['a text goes on', { ...entry, kind: 'opened' }],
    ['a text is not ASCII', { ...entry, kind: 'opeñ' }],
    ['zero has a sign', { ...entry, lag: -0 }],
    ['a list is longer', { ...entry, postings: [...entry.postings, {}] }],
    ['a list is shorter', { ...entry, postings: entry.postings.slice(1) }],
    ['something within a list is another', { ...entry, postings: entry.postings.toReversed() }],
    ['a list is none', { ...entry, postings: {} }],
    ['a map is empty', { ...entry, empty: {} }],
    ['null is nothing', { ...entry, none: {} }],
  ])('is not said of fields of which %s', (_what, expected) => {
    expect(holdsBytes(entry, expected)).toBe(false);
    expect(documentOf(entry).holds(expected)).toBe(false);
  });
});

function documentOf(fields: Record<string, Plain>): ReadDocument {
  const document = { name, fields: fieldsOf(fields), ...times };
  const { document: read } = readQueryAnswer(RunQueryResponse.encode({ document }).finish());
  if (read === undefined) throw new Error('no document');
  return read;
}

/** The document between other parts of its message. */
function holdsBytes(fields: Record<string, Plain>, expected: object): boolean {
  const bytes = Document.encode({ name, fields: fieldsOf(fields), ...times }).finish();
  return holdsFields(new ProtobufReader(bytes), fieldTag, bytes.length, expected);
}
