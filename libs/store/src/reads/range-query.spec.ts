import { Timestamp } from '@google-cloud/firestore';
import protos from '@google-cloud/firestore-api/protos';
import { describe, expect, it } from '@jest/globals';
import { encodeBatchGet } from './batch-get.ts';
import { encodeRangeQuery } from './range-query.ts';

const { RunQueryRequest, BatchGetDocumentsRequest } = protos.google.firestore.v1;
const database = 'projects/p/databases/(default)';
const within = 'users/u/accounts/u.main/journal';
const readTime = new Timestamp(1_700_000_000, 123_456_000);
const time = { seconds: 1_700_000_000, nanos: 123_456_000 };
const cursor = (id: string, before: boolean) => ({
  values: [{ referenceValue: `${database}/documents/${within}/${id}` }],
  before,
});
const byId = {
  from: [{ collectionId: 'journal' }],
  orderBy: [{ field: { fieldPath: '__name__' }, direction: 'ASCENDING' }],
  limit: { value: 500 },
};

describe('a query for a range of documents', () => {
  it.each([
    ['all', {}, {}],
    ['from an id on', { from: '2' }, { startAt: cursor('2', true) }],
    ['before an id', { from: '2', before: '7' }, { startAt: cursor('2', true), endAt: cursor('7', true) }],
    [
      'after the page before',
      { from: '2', before: '7', after: '4' },
      { startAt: cursor('4', false), endAt: cursor('7', true) },
    ],
  ])('asks for %s, by id', (_what, range, structured) => {
    const bytes = encodeRangeQuery(database, { within, limit: 500, ...range });
    const asked = RunQueryRequest.toObject(RunQueryRequest.decode(bytes), { enums: String });
    expect(asked).toEqual({
      parent: `${database}/documents/users/u/accounts/u.main`,
      structuredQuery: { ...byId, ...structured },
    });
  });

  it('asks as of a moment', () => {
    const bytes = encodeRangeQuery(database, { within, limit: 1, readTime });
    expect(RunQueryRequest.toObject(RunQueryRequest.decode(bytes), { longs: Number })).toMatchObject({
      readTime: time,
    });
  });

  it('reaches collections that lie below no document', () => {
    const bytes = encodeRangeQuery(database, { within: 'users', limit: 1 });
    expect(RunQueryRequest.decode(bytes).parent).toBe(`${database}/documents`);
  });
});

describe('a request for documents', () => {
  it('names each, in their order', () => {
    const documents = [`${database}/documents/users/b`, `${database}/documents/users/a`];
    const paths = ['users/b', 'users/a'];
    expect(listAskedFor(encodeBatchGet(database, { paths }))).toEqual({ database, documents });
    expect(listAskedFor(encodeBatchGet(database, { paths, readTime }))).toEqual({
      database,
      documents,
      readTime: time,
    });
  });
});

function listAskedFor(bytes: Buffer): unknown {
  return BatchGetDocumentsRequest.toObject(BatchGetDocumentsRequest.decode(bytes), { longs: Number });
}
