import { Canvas, textWidth } from './canvas.ts';

/** What a running sum came to, at times that are equally far apart. */
export interface Curve {
  readonly title: string;
  /** At least one, oldest first. */
  readonly points: readonly number[];
  /** What stands below its ends. */
  readonly from: string;
  readonly to: string;
}

const size = { width: 640, height: 280 };
const plot = { left: 12, right: 540, top: 34, bottom: 248 };
const palette = [0x1e1f22, 0x3a3c41, 0xb5bac1, 0xffffff, 0x2ecc71, 0xe74c3c, 0x1f4a34, 0x4d2a2b];
const [, grid, label, bright, gain, loss, gainArea, lossArea] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const rowsOfGrid = 4;

/** The curve over a line at zero: green above, red below. Its last value stands beside its end. */
export function drawCurve({ title, points, from, to }: Curve): Canvas {
  const canvas = new Canvas(size.width, size.height, palette);
  const [least, most] = [Math.min(0, ...points), Math.max(0, ...points)];
  const span = most - least || 1;
  const xAt = (index: number): number =>
    Math.round(plot.left + ((plot.right - plot.left) * index) / Math.max(1, points.length - 1));
  const yAt = (value: number): number =>
    Math.round(plot.bottom - ((plot.bottom - plot.top) * (value - least)) / span);
  const zero = yAt(0);

  for (let each = 0; each <= rowsOfGrid; each += 1)
    canvas.row(
      plot.top + Math.round(((plot.bottom - plot.top) * each) / rowsOfGrid),
      plot.left,
      plot.right,
      grid,
    );
  for (let index = 0; index + 1 < points.length; index += 1) {
    const [before = 0, after = 0] = [points[index], points[index + 1]];
    const [x0, x1] = [xAt(index), xAt(index + 1)];
    for (let x = x0; x < x1; x += 1) {
      const value = before + ((after - before) * (x - x0)) / (x1 - x0);
      canvas.column(x, zero, yAt(value), value < 0 ? lossArea : gainArea);
    }
  }
  canvas.row(zero, plot.left, plot.right, label);
  for (let index = 0; index + 1 < points.length; index += 1) {
    const [before = 0, after = 0] = [points[index], points[index + 1]];
    canvas.line(xAt(index), yAt(before), xAt(index + 1), yAt(after), before + after < 0 ? loss : gain);
  }

  const last = points.at(-1) ?? 0;
  canvas.text(plot.left, 10, title, bright, 2);
  canvas.text(plot.right + 8, yAt(last) - 3, short(last), last < 0 ? loss : gain, 2);
  for (const value of [least, most])
    if (Math.abs(yAt(value) - yAt(last)) > 16)
      canvas.text(plot.right + 8, yAt(value) - 3, short(value), label);
  canvas.text(plot.left, plot.bottom + 12, from, label);
  canvas.text(plot.right - textWidth(to), plot.bottom + 12, to, label);
  return canvas;
}

/** A value in few characters, with its sign: `+12.5`, `-3.2K`. */
function short(value: number): string {
  const [divisor, unit] = unitOf(Math.abs(value));
  const digits = Math.abs(value / divisor) >= 100 ? 0 : 1;
  const text = (value / divisor).toFixed(digits).replace(/\.0$/, '');
  return `${value > 0 ? '+' : ''}${text === '-0' ? '0' : text}${unit}`;
}

function unitOf(amount: number): readonly [divisor: number, unit: string] {
  if (amount >= 1e9) return [1e9, 'B'];
  if (amount >= 1e6) return [1e6, 'M'];
  return amount >= 1e4 ? [1e3, 'K'] : [1, ''];
}
