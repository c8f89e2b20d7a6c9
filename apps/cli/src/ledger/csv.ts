export type Row = Readonly<Record<string, unknown>>;

/** A table as RFC 4180 has it, with a line of names and lines that end in CR LF; lists are joined by `;`. */
export function csvOf(columns: readonly string[], rows: readonly Row[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => textOf(row[column])))];
  return lines.map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join(';');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A spreadsheet takes what begins with these for a formula; amounts are none. */
const formula = /^[=+\-@\t\r]/;
const amount = /^-?[0-9.]+$/;

function quoted(text: string): string {
  const safe = formula.test(text) && text !== '-' && !amount.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
