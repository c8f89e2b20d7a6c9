import { Timestamp } from '@google-cloud/firestore';
import protos from '@google-cloud/firestore-api/protos';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnstorableValueError } from '../errors.ts';
import { CommitWrites } from './commit-writes.ts';
import { fieldsOf, plainValue } from './plain-value.arbitrary.ts';

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
      fc.property(fc.dictionary(fc.string(), plainValue()), (document) => {
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
