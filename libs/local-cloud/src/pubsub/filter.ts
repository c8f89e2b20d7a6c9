import { invalid } from './status.ts';

export type Attributes = Readonly<Record<string, string>>;
export type Filter = (attributes: Attributes) => boolean;

const maxFilterBytes = 256;

/**
 * A subscription's filter in Pub/Sub's syntax: `attributes:key`, `attributes.key = "value"`, `!=`,
 * `hasPrefix(attributes.key, "value")`, AND, OR, NOT (also `-`) and parentheses; an empty text lets everything pass.
 *
 * `!=` also matches a message without the attribute. AND and OR at one level need parentheses, as in production.
 * Throws INVALID_ARGUMENT when the text is no filter.
 */
export function parseFilter(text: string): Filter {
  if (Buffer.byteLength(text) > maxFilterBytes) {
    throw invalid(`The filter is longer than the limit of ${maxFilterBytes} bytes.`);
  }
  if (text.trim() === '') return () => true;
  const reader = new TokenReader(text);
  const filter = readExpression(reader);
  if (reader.peek() !== undefined) throw reader.unexpected();
  return filter;
}

const token = /\s*(?:("(?:[^"\\]|\\.)*")|(\w[\w-]*)|(!=|[-=:.,()]))/y;

class TokenReader {
  readonly #text: string;
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    const trimmed = text.trimEnd();
    token.lastIndex = 0;
    while (token.lastIndex < trimmed.length) {
      const found = token.exec(trimmed);
      if (found === null) throw this.unexpected();
      this.#tokens.push(found[1] ?? found[2] ?? found[3] ?? '');
    }
  }

  peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  next(): string {
    const found = this.peek();
    if (found === undefined) throw this.unexpected();
    this.#at++;
    return found;
  }

  skip(expected: string): boolean {
    if (this.peek() !== expected) return false;
    this.#at++;
    return true;
  }

  expect(expected: string): void {
    if (!this.skip(expected)) throw this.unexpected();
  }

  unexpected(): Error {
    return invalid(`Invalid filter expression: ${this.#text}`);
  }
}

function readExpression(reader: TokenReader): Filter {
  const terms = [readTerm(reader)];
  const operator = reader.peek();
  if (operator !== 'AND' && operator !== 'OR') return terms[0] ?? (() => true);
  while (reader.skip(operator)) terms.push(readTerm(reader));
  return operator === 'AND'
    ? (attributes) => terms.every((term) => term(attributes))
    : (attributes) => terms.some((term) => term(attributes));
}

function readTerm(reader: TokenReader): Filter {
  if (reader.skip('NOT') || reader.skip('-')) {
    const negated = readTerm(reader);
    return (attributes) => !negated(attributes);
  }
  if (reader.skip('(')) {
    const inner = readExpression(reader);
    reader.expect(')');
    return inner;
  }
  return reader.skip('hasPrefix') ? readPrefix(reader) : readComparison(reader);
}

function readPrefix(reader: TokenReader): Filter {
  reader.expect('(');
  reader.expect('attributes');
  reader.expect('.');
  const key = readKey(reader);
  reader.expect(',');
  const prefix = readString(reader);
  reader.expect(')');
  return (attributes) => attributes[key]?.startsWith(prefix) ?? false;
}

function readComparison(reader: TokenReader): Filter {
  reader.expect('attributes');
  if (reader.skip(':')) {
    const key = readKey(reader);
    return (attributes) => attributes[key] !== undefined;
  }
  reader.expect('.');
  const key = readKey(reader);
  if (reader.skip('=')) {
    const value = readString(reader);
    return (attributes) => attributes[key] === value;
  }
  reader.expect('!=');
  const value = readString(reader);
  return (attributes) => attributes[key] !== value;
}

function readKey(reader: TokenReader): string {
  const key = reader.next();
  if (key.startsWith('"')) return unquote(reader, key);
  if (!/^[\w-]+$/.test(key)) throw reader.unexpected();
  return key;
}

function readString(reader: TokenReader): string {
  return unquote(reader, reader.next());
}

function unquote(reader: TokenReader, literal: string): string {
  if (!literal.startsWith('"')) throw reader.unexpected();
  try {
    return String(JSON.parse(literal));
  } catch {
    throw reader.unexpected();
  }
}
