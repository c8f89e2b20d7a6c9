import { glyphHeight, glyphWidth, hasInk } from './glyphs.ts';
import type { PalettedImage } from './png.ts';

/** A picture of few colours, each named by its place in the palette. What is drawn outside is not drawn. */
export class Canvas implements PalettedImage {
  readonly width: number;
  readonly height: number;
  readonly palette: readonly number[];
  readonly pixels: Uint8Array;

  /** All of it in the first colour. */
  constructor(width: number, height: number, palette: readonly number[]) {
    this.width = width;
    this.height = height;
    this.palette = palette;
    this.pixels = new Uint8Array(width * height);
  }

  set(x: number, y: number, color: number): void {
    if (x >= 0 && x < this.width && y >= 0 && y < this.height) this.pixels[y * this.width + x] = color;
  }

  /** A column of pixels, both ends included. */
  column(x: number, from: number, to: number, color: number): void {
    for (let y = Math.min(from, to); y <= Math.max(from, to); y += 1) this.set(x, y, color);
  }

  row(y: number, from: number, to: number, color: number): void {
    for (let x = Math.min(from, to); x <= Math.max(from, to); x += 1) this.set(x, y, color);
  }

  /** A line two pixels thick from one point to the other, both included (Bresenham's). */
  line(x0: number, y0: number, x1: number, y1: number, color: number): void {
    const [dx, dy] = [Math.abs(x1 - x0), -Math.abs(y1 - y0)];
    const [stepX, stepY] = [Math.sign(x1 - x0), Math.sign(y1 - y0)];
    let [x, y, error] = [x0, y0, dx + dy];
    for (;;) {
      this.set(x, y, color);
      this.set(x, y + 1, color);
      if (x === x1 && y === y1) return;
      const twice = 2 * error;
      if (twice >= dy) {
        error += dy;
        x += stepX;
      }
      if (twice <= dx) {
        error += dx;
        y += stepY;
      }
    }
  }

  /** Text whose upper left corner is there, each dot of a glyph `scale` pixels wide and high. */
  text(x: number, y: number, text: string, color: number, scale = 1): void {
    for (const [index, character] of Array.from(text).entries())
      for (let column = 0; column < glyphWidth; column += 1)
        for (let row = 0; row < glyphHeight; row += 1)
          if (hasInk(character, column, row))
            this.#dot(x + (index * (glyphWidth + 1) + column) * scale, y + row * scale, scale, color);
  }

  #dot(x: number, y: number, size: number, color: number): void {
    for (let dx = 0; dx < size; dx += 1) for (let dy = 0; dy < size; dy += 1) this.set(x + dx, y + dy, color);
  }
}

export function textWidth(text: string, scale = 1): number {
  return Array.from(text).length * (glyphWidth + 1) * scale;
}
