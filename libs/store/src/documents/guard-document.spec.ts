import { collections, maxDocumentBytes, paths } from '@bellwether/contracts';
import { Timestamp } from '@google-cloud/firestore';
import { describe, expect, it } from '@jest/globals';
import { DocumentTooLargeError } from '../errors.ts';
import { documentBytes } from './document-bytes.ts';
import { guardDocument } from './guard-document.ts';

describe('the size of a document', () => {
  it('is the one of the example in the documentation', () => {
    const task = { type: 'Personal', done: false, priority: 1, description: 'Learn Cloud Firestore' };
    expect(documentBytes('users/jeff/tasks/my_task_id', task)).toBe(147);
  });

  it.each<[string, unknown, number]>([
    ['text, as UTF-8', 'ä€', 6],
    ['a number', 1.5, 8],
    ['a flag', true, 1],
    ['nothing', null, 1],
    ['a time', Timestamp.fromMillis(1), 8],
    ['bytes', new Uint8Array(10), 10],
    ['an array', ['a', 1], 10],
    ['a map', { ab: 'c' }, 5],
  ])('counts %s', (_what, value, bytes) => {
    expect(documentBytes('c/d', { f: value }) - documentBytes('c/d', {})).toBe(2 + bytes);
  });
});

function errorOf(path: string, fields: object): DocumentTooLargeError | undefined {
  try {
    guardDocument(path, fields);
  } catch (error) {
    if (error instanceof DocumentTooLargeError) return error;
    throw error;
  }
  return undefined;
}

function nested(targets: number): object {
  return { details: { action: { exits: { targets: Array.from({ length: targets }, () => ({})) } } } };
}

describe('the guard of documents', () => {
  const entry = paths.ledgerEntry('acme', 'e1');

  it('takes a document of the largest size, and none that is a byte larger', () => {
    const path = paths.channel('acme', 'c');
    const room = maxDocumentBytes - documentBytes(path, { text: '' });
    expect(errorOf(path, { text: 'x'.repeat(room) })).toBeUndefined();
    expect(errorOf(path, { text: 'x'.repeat(room + 1) })).toMatchObject({
      message: 'tenants/acme/channels/c would be 262145 bytes, more than 262144',
      bound: { limit: maxDocumentBytes, actual: maxDocumentBytes + 1 },
    });
  });

  it('takes an array up to its bound', () => {
    const limit = collections.ledgerEntries.arrays.postings;
    expect(errorOf(entry, { postings: Array.from({ length: limit }, () => ({})) })).toBeUndefined();
    expect(errorOf(entry, { postings: Array.from({ length: limit + 1 }, () => ({})) })).toMatchObject({
      message: `postings of tenants/acme/ledger_entries/e1 would hold ${limit + 1} elements, more than ${limit}`,
      bound: { field: 'postings', limit, actual: limit + 1 },
    });
  });

  it('takes no array that has no declared bound, wherever it is', () => {
    expect(() => guardDocument(entry, { tags: [] })).toThrow('the array tags of');
    expect(() => guardDocument(entry, { a: { b: [] } })).toThrow('the array a.b of');
    expect(() => guardDocument(entry, { postings: [{ c: [] }] })).toThrow('the array postings[].c of');
  });

  it('bounds an array by its name wherever it is nested, where the collection says so', () => {
    const path = paths.tradeTrigger('ann', 't');
    expect(errorOf(path, nested(20))).toBeUndefined();
    expect(errorOf(path, nested(21))).toMatchObject({
      bound: { field: 'details.action.exits.targets', limit: 20, actual: 21 },
    });
  });

  it('knows no other collections', () => {
    expect(() => guardDocument('tenants/acme/secrets/s', {})).toThrow('is in no collection of the catalogue');
    expect(() => guardDocument('ops/other', {})).toThrow('is in no collection of the catalogue');
  });
});
