import { Timestamp } from '@google-cloud/firestore';
import protos from '@google-cloud/firestore-api/protos';
import { describe, expect, it } from '@jest/globals';
import { readCommitTime } from './commit-time.ts';

const { CommitResponse } = protos.google.firestore.v1;

describe('the time of a commit', () => {
  it('is found behind what each write came to', () => {
    const writeResults = Array.from({ length: 300 }, () => ({ updateTime: { seconds: 1, nanos: 2 } }));
    const commitTime = { seconds: 1_800_000_000, nanos: 999_999_000 };
    const response = CommitResponse.encode({ writeResults, commitTime }).finish();
    expect(readCommitTime(response)).toEqual(new Timestamp(1_800_000_000, 999_999_000));
  });

  it('may have no nanoseconds', () => {
    const response = CommitResponse.encode({ commitTime: { seconds: 5 } }).finish();
    expect(readCommitTime(response)).toEqual(new Timestamp(5, 0));
  });

  it('must be there, and whole', () => {
    expect(() => readCommitTime(new Uint8Array())).toThrow('a commit was answered without its time');
    const response = CommitResponse.encode({ commitTime: { seconds: 1_800_000_000 } }).finish();
    expect(() => readCommitTime(response.subarray(0, -1))).toThrow('ends in the middle');
  });
});
