import { describe, expect, it } from '@jest/globals';
import { crc32, inflateSync } from 'node:zlib';
import { type PalettedImage, encodePng } from './png.ts';

const image: PalettedImage = {
  width: 3,
  height: 2,
  palette: [0x000000, 0xff8000],
  pixels: Uint8Array.of(0, 1, 0, 1, 1, 1),
};

/** By type; each is held against its checksum. */
function chunksOf(png: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    found.set(body.subarray(0, 4).toString('latin1'), body.subarray(4));
    at += 12 + length;
  }
  return found;
}

describe('a PNG file', () => {
  it('holds size, colours and pixels', () => {
    const png = encodePng(image);
    expect(png.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
    const chunks = chunksOf(png);
    expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    expect(chunks.get('IHDR')?.toString('hex')).toBe('00000003000000020803000000');
    expect(chunks.get('PLTE')?.toString('hex')).toBe('000000ff8000');
    expect(inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0)).toString('hex')).toBe('0000010000010101');
    expect(chunks.get('IEND')).toHaveLength(0);
  });

  it('is the file that decoders know', () => {
    expect(encodePng(image).toString('base64')).toBe(
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAMAAACqqpYoAAAABlBMVEUAAAD/gAAgfBVpAAAAEElEQVR42mNgYGRgYGRkBAAAFAAFYU1o4wAAAABJRU5ErkJggg==',
    );
  });
});
