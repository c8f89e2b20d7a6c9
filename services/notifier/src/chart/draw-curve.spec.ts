import { describe, expect, it } from '@jest/globals';
import { Canvas } from './canvas.ts';
import { drawCurve } from './draw-curve.ts';

const characters = ' .:+#=ox';

/** A picture as text, a character for each colour, of every `step`th pixel. */
function asText({ width, height, pixels }: Canvas, step = 1): string[] {
  const rows: string[] = [];
  for (let y = 0; y < height; y += step) {
    let row = '';
    for (let x = 0; x < width; x += step) row += characters[pixels[y * width + x] ?? 0] ?? '?';
    rows.push(row.trimEnd());
  }
  return rows;
}

describe('a canvas', () => {
  it('draws lines, columns and text, and nothing outside', () => {
    const canvas = new Canvas(16, 9, [0, 0xffffff, 0xff0000]);
    canvas.line(-2, -2, 4, 4, 1);
    canvas.column(6, 8, 20, 1);
    canvas.text(8, 1, '1x', 1);
    expect(asText(canvas)).toEqual([
      '.',
      '..        .   .',
      ' ..      ..   .',
      '  ..      .    .',
      '   ..     .',
      '    .     .    .',
      '          .   .',
      '         ...  .',
      '      .',
    ]);
  });
});

describe('the curve of a running sum', () => {
  it('is green above zero and red below, with its last value beside its end', () => {
    const canvas = drawCurve({ title: 'P&L USDT', points: [0, 40, -20, 60], from: '11-26', to: '11-27' });
    expect(asText(canvas, 12)).toEqual([
      '',
      ' +++ +++',
      '',
      '                                              #',
      '                                            #',
      '                                            o',
      '                                           oo',
      '                                          ooo',
      '               oo                        oooo',
      '             #oooo                      #oooo',
      '            ooooooo                     ooooo',
      '          oooooooooo                   oooooo',
      '        #oooooooooooo                 ooooooo',
      '       ooooooooooooooo               oooooooo',
      '     oooooooooooooooooo#            ooooooooo',
      '   #oooooooooooooooooooo#          #ooooooooo',
      '  oooooooooooooooooooooooo         oooooooooo',
      '                           xxxxxxx',
      '                            xxxxx',
      '                             xxx',
      '                              x',
      '',
      '   :',
      '',
    ]);
  });

  it.each([
    ['one point', [5]],
    ['nothing at all', [0, 0, 0]],
    ['losses alone', [-1, -2.5, -1e7]],
  ])('can be of %s', (_, points) => {
    const canvas = drawCurve({ title: 'P&L', points, from: 'a', to: 'b' });
    expect(canvas.pixels.every((color) => color < canvas.palette.length)).toBe(true);
    expect(new Set(canvas.pixels).size).toBeGreaterThan(3);
  });
});
