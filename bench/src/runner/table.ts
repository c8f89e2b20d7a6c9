import type { Result } from './result.ts';
import type { Spread } from './statistics.ts';

/** The results for people: a row each, then what has something to say about itself. */
export function tableOf(results: readonly Result[]): string {
  const header = ['benchmark', 'value', 'spread', 'unit', 'baseline', 'ratio', 'target', ''];
  const rows = results.map((result) => [
    result.name,
    figure(result.value),
    result.spread === null ? '-' : spreadText(result.spread.value),
    result.unit,
    figure(result.baseline),
    figure(result.ratio),
    result.target,
    verdict(result.pass),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const reasons = results.filter(({ reason }) => reason !== undefined);
  return [...lines, ...reasons.map(({ name, reason }) => `${name}: ${reason}`)].join('\n');
}

function verdict(pass: boolean | null): string {
  if (pass === null) return 'not judged';
  return pass ? 'pass' : 'MISSED';
}

function spreadText([least, most]: Spread): string {
  return `${figure(least)} to ${figure(most)}`;
}

function figure(value: number | null): string {
  if (value === null) return '-';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return size !== 0 && size < 0.001 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}
