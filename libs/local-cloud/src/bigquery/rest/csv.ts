import { invalid } from '../errors.ts';

/** The records of a CSV text: fields in double quotes may hold delimiters, line breaks and doubled quotes. */
export function readCsv(text: string, delimiter: string): CsvField[][] {
  const records: CsvField[][] = [];
  let record: CsvField[] = [];
  let index = 0;
  while (index < text.length) {
    const field = text[index] === '"' ? quoted(text, index) : plain(text, index, delimiter);
    record.push(field.value);
    index = field.end;
    if (text.startsWith(delimiter, index)) {
      index += delimiter.length;
      if (index < text.length && !isLineEnd(text, index)) continue;
      record.push({ text: '', isQuoted: false });
    }
    if (index < text.length && !isLineEnd(text, index)) {
      throw invalid(
        `Error while reading data, error message: Data between close quote character (") and field separator.`,
      );
    }
    records.push(record);
    record = [];
    index += text.startsWith('\r\n', index) ? 2 : 1;
  }
  return records;
}

export interface CsvField {
  readonly text: string;
  readonly isQuoted: boolean;
}

const isLineEnd = (text: string, index: number): boolean => text[index] === '\n' || text[index] === '\r';

function plain(text: string, start: number, delimiter: string): { value: CsvField; end: number } {
  let end = start;
  while (end < text.length && !text.startsWith(delimiter, end) && !isLineEnd(text, end)) end += 1;
  return { value: { text: text.slice(start, end), isQuoted: false }, end };
}

function quoted(text: string, start: number): { value: CsvField; end: number } {
  let value = '';
  for (let index = start + 1; ; index += 1) {
    const close = text.indexOf('"', index);
    if (close < 0)
      throw invalid('Error while reading data, error message: Missing close quote character (").');
    value += text.slice(index, close);
    index = close + 1;
    if (text[index] !== '"') return { value: { text: value, isQuoted: true }, end: index };
    value += '"';
  }
}
