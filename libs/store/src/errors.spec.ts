import { describe, expect, it } from '@jest/globals';
import { isAborted, isAlreadyExists, isDefiniteRefusal, isFailedPrecondition, isNotFound } from './errors.ts';

const withCode = (code: unknown) => Object.assign(new Error('refused'), { code });

describe('the errors of Firestore', () => {
  it.each([
    ['INVALID_ARGUMENT', 3],
    ['NOT_FOUND', 5],
    ['ALREADY_EXISTS', 6],
    ['PERMISSION_DENIED', 7],
    ['FAILED_PRECONDITION', 9],
    ['OUT_OF_RANGE', 11],
    ['UNIMPLEMENTED', 12],
  ])('says no for good with %s', (_name, code) => {
    expect(isDefiniteRefusal(withCode(code))).toBe(true);
  });

  it.each([
    ['CANCELLED', 1],
    ['UNKNOWN', 2],
    ['DEADLINE_EXCEEDED', 4],
    ['RESOURCE_EXHAUSTED', 8],
    ['ABORTED', 10],
    ['INTERNAL', 13],
    ['UNAVAILABLE', 14],
    ['DATA_LOSS', 15],
    ['UNAUTHENTICATED', 16],
  ])('leaves open with %s what became of a write', (_name, code) => {
    expect(isDefiniteRefusal(withCode(code))).toBe(false);
  });

  it('leaves it open with what carries no status', () => {
    for (const error of [new Error('socket hang up'), withCode('ECONNRESET'), undefined, null, 'text', 6])
      expect(isDefiniteRefusal(error)).toBe(false);
  });

  it('tells apart what callers treat differently', () => {
    expect(
      [isNotFound, isAlreadyExists, isFailedPrecondition, isAborted].map((is) => is(withCode(6))),
    ).toEqual([false, true, false, false]);
  });
});
