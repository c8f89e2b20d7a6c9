import { describe, expect, it } from '@jest/globals';

import { commitRefusal, placeAppend } from './write-stream.ts';

const stream = { name: 's', isFinalized: false, nextOffset: 10n };

describe('placeAppend', () => {
  it('begins at the end of the stream', () => {
    expect(placeAppend(stream, 10n)).toEqual({ offset: 10n });
    expect(placeAppend(stream, undefined)).toEqual({ offset: 10n });
  });

  it('tells a replay from a gap', () => {
    expect(placeAppend(stream, 9n)).toEqual({
      refusal: {
        code: 6,
        storageError: 'OFFSET_ALREADY_EXISTS',
        message: 'The offset is within stream, expected offset 10, received 9 Entity: s',
      },
    });
    expect(placeAppend(stream, 11n)).toEqual({
      refusal: {
        code: 11,
        storageError: 'OFFSET_OUT_OF_RANGE',
        message: 'The offset is beyond stream, expected offset 10, received 11 Entity: s',
      },
    });
  });

  it('refuses everything once the stream is finalized', () => {
    expect(placeAppend({ ...stream, isFinalized: true }, 10n)).toMatchObject({
      refusal: { code: 3, storageError: 'STREAM_FINALIZED' },
    });
  });
});

describe('commitRefusal', () => {
  const finished = { type: 'PENDING', isFinalized: true, committedMicros: undefined } as const;

  it('lets a finalized pending stream be committed', () => {
    expect(commitRefusal('s', finished)).toBeUndefined();
  });

  it.each([
    [undefined, 'STREAM_NOT_FOUND'],
    [{ ...finished, type: 'COMMITTED' as const }, 'INVALID_STREAM_TYPE'],
    [{ ...finished, type: 'BUFFERED' as const }, 'INVALID_STREAM_TYPE'],
    [{ ...finished, isFinalized: false }, 'INVALID_STREAM_STATE'],
    [{ ...finished, committedMicros: 1n }, 'STREAM_ALREADY_COMMITTED'],
  ])('refuses %p as %s', (candidate, code) => {
    expect(commitRefusal('s', candidate)).toMatchObject({ code, entity: 's' });
  });
});
