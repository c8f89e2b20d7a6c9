import { describe, expect, it } from '@jest/globals';

import { placeAppend } from './write-stream.ts';

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
