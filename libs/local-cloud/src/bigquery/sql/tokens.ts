import { invalidQuery, unsupportedSql } from '../errors.ts';

export interface Token {
  readonly type: string;
  readonly text: string;
  /** Of its first character, and of the one behind its last, in code points of the statement. */
  readonly start: number;
  readonly end: number;
}

/** Words that may stand before a parenthesis without being a function. */
const beforeParenthesis = new Set(
  (
    'ALL AND AS BETWEEN BY CASE CAST DISTINCT ELSE EXCEPT EXISTS FROM HAVING IN INTERVAL JOIN LIKE LIMIT NOT OFFSET ' +
    'ON OR OVER QUALIFY ROW ROLLUP CUBE SETS PIVOT UNPIVOT NULLS ANY SOME FOR USING VALUES INSERT CLUSTER PARTITION REPLACE SAFE_CAST SELECT THEN UNION UNNEST USING WHEN WHERE'
  ).split(' '),
);

const typesBeforeText = new Set(['NUMERIC', 'DECIMAL', 'ZONE', 'JSON']);

/**
 * Refuses what the parser reads differently from BigQuery: functions and types that it takes for others, and
 * text whose escapes it does not decode.
 */
export function checkTokens(
  statement: string,
  tokens: readonly Token[],
  isFunction: (name: string) => boolean,
): void {
  const codePoints = Array.from(statement);
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    // Behind a point stands a routine, which the translation looks up.
    const isLookedUp = tokens[index - 1]?.text === '.';
    if (!isTarget(tokens, index)) checkName(token, next, isLookedUp ? () => true : isFunction);
    checkText(token, codePoints.slice(token.start, token.end).join(''));
  }
}

/** `d.t (` behind INTO, TABLE or EXISTS names a table, not a function. */
function isTarget(tokens: readonly Token[], index: number): boolean {
  let start = index;
  while (tokens[start - 1]?.text === '.') start -= 2;
  return (
    ['INTO', 'TABLE', 'EXISTS', 'FUNCTION'].includes(tokens[start - 1]?.text.toUpperCase() ?? '') &&
    index >= start
  );
}

function checkName(token: Token, next: Token | undefined, isFunction: (name: string) => boolean): void {
  const name = token.text.toUpperCase();
  if (isTextToken(token) && next !== undefined && isTextToken(next)) {
    throw invalidQuery('Syntax error: Expected end of input but got string literal');
  }
  const isWord = /^[A-Z_]\w*$/.test(name) && !isTextToken(token);
  if (!isWord) return;
  if (next?.type === 'L_PAREN' && !beforeParenthesis.has(name) && !isFunction(name)) {
    throw invalidQuery(`Function not found, or not supported by the local BigQuery: ${token.text}`);
  }
  if (next?.type === 'STRING' && (name === 'AS' || (token.type === 'VAR' && !typesBeforeText.has(name)))) {
    throw unsupportedSql(`${token.text} before a string`);
  }
}

/**
 * The statement with CAST for each `BIGNUMERIC '1.5'`, which the parser takes for NUMERIC; the same statement when there
 * is none.
 */
export function castBigNumerics(statement: string, tokens: readonly Token[]): string {
  const codePoints = Array.from(statement);
  let result = '';
  let end = 0;
  for (const [index, token] of tokens.entries()) {
    const text = tokens[index + 1];
    if (text === undefined || !isTextToken(text) || !isBigNumeric(token)) continue;
    const literal = codePoints.slice(text.start, text.end).join('');
    result += `${codePoints.slice(end, token.start).join('')}CAST(${literal} AS BIGNUMERIC)`;
    end = text.end;
  }
  return result + codePoints.slice(end).join('');
}

const isBigNumeric = ({ type, text }: Token): boolean =>
  type === 'VAR' && ['BIGNUMERIC', 'BIGDECIMAL'].includes(text.toUpperCase());

const isTextToken = ({ type }: Token): boolean => type.includes('STRING');

function checkText(token: Token, written: string): void {
  if (!isTextToken(token) || token.type === 'RAW_STRING') return;
  const isPlain =
    token.type === 'STRING' && unescaped(written.slice(1, -1), written.charAt(0)) === token.text;
  const hasNothingToDecode = token.type !== 'STRING' && !written.includes('\\');
  if (!isPlain && !hasNothingToDecode) throw unsupportedSql(`The string literal ${written}`);
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

/** GoogleSQL's escapes decoded, or undefined where one is not valid or the quote stands alone. */
function unescaped(text: string, quote: string): string | undefined {
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === quote) return undefined;
    if (character !== '\\') {
      result += character;
      continue;
    }
    const match =
      /^(?:[xX]([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2})|([abfnrtv\\?"'`]))/.exec(
        text.slice(index + 1),
      );
    if (match === null) return undefined;
    const [whole, hex, unicode, wide, octal, simple] = match;
    const code = hex ?? unicode ?? wide;
    if (simple !== undefined) result += escapes[simple];
    else result += String.fromCodePoint(code === undefined ? parseInt(octal ?? '', 8) : parseInt(code, 16));
    index += whole.length;
  }
  return result;
}
