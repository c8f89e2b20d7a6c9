import { invalidQuery, unsupportedSql } from '../errors.ts';
import { listOf, objectOf } from '../json.ts';
import { SqlNode } from './node.ts';
import { castBigNumerics, checkTokens } from './tokens.ts';
import type { Token } from './tokens.ts';

export type Parser = Pick<typeof import('@polyglot-sql/sdk'), 'parse' | 'tokenize' | 'Dialect'>;

const statements = new Set([
  'select',
  'union',
  'intersect',
  'except',
  'subquery',
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'create_table',
  'drop_table',
  'drop_view',
  'create_function',
  'drop_function',
]);

let loading: Promise<Parser> | undefined;

/** The parser costs 0.2 s and 70 MB to load, so the first statement pays for it. */
export function loadParser(): Promise<Parser> {
  loading ??= import('@polyglot-sql/sdk');
  return loading;
}

/** Parses one GoogleSQL statement. */
export function parseStatement(
  { parse, tokenize, Dialect }: Parser,
  written: string,
  isFunction: (name: string) => boolean,
): SqlNode {
  const writtenTokens = (tokenize(written, Dialect.BigQuery).tokens ?? []).map(readToken);
  const statement = castBigNumerics(written, writtenTokens);
  const { tokens } = tokenize(statement, Dialect.BigQuery);
  const { ast, error, success } = parse(statement, Dialect.BigQuery);
  if (!success || tokens === undefined)
    throw invalidQuery(`Syntax error: ${error ?? 'unreadable statement'}`);
  const [only, ...more] = listOf(ast);
  if (only === undefined) throw invalidQuery('Syntax error: Unexpected end of statement');
  if (more.length > 0) throw unsupportedSql('A script of several statements');
  const node = SqlNode.of(only);
  if (!statements.has(node.kind)) {
    const [words = node.title] = /^\s*\w+(?:\s+\w+)?/.exec(statement) ?? [];
    throw unsupportedSql(`The statement ${words.trim().toUpperCase()}`);
  }
  checkTokens(statement, tokens.map(readToken), isFunction);
  return node;
}

/** The statement's tokens. */
export const tokensOf = ({ tokenize, Dialect }: Parser, statement: string): Token[] =>
  (tokenize(statement, Dialect.BigQuery).tokens ?? []).map(readToken);

/** The package declares camelCase and answers in snake_case. */
function readToken(raw: unknown): Token {
  const { token_type: type, text, span } = objectOf(raw);
  const { start, end } = objectOf(span);
  return { type: String(type), text: String(text), start: Number(start), end: Number(end) };
}
