import { describe, expect, it } from '@jest/globals';

import { crc32c } from './crc32c.ts';

describe('CRC-32C', () => {
  it.each([
    // RFC 3720, B.4, read from its most significant byte.
    [Buffer.alloc(32), '8a9136aa'],
    [Buffer.alloc(32, 0xff), '62a8ab43'],
    [Buffer.from(Array.from({ length: 32 }, (_, byte) => byte)), '46dd794e'],
    [Buffer.from('123456789'), 'e3069283'],
  ])('of %p', (bytes, hex) => {
    expect(Buffer.from(crc32c(bytes), 'base64').toString('hex')).toBe(hex);
  });
});
