import { unsupportedSql } from '../errors.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** What the parser notes about spelling and place, which changes no answer. */
const spelling = new Set([
  'span',
  'inferred_type',
  'alias_explicit_as',
  'alias_keyword',
  'alias_first',
  'explicit_asc',
  'use_inner_keyword',
  'use_outer_keyword',
  'kind_text',
  'start_side_text',
  'end_side_text',
  'original_name',
  'no_parens',
  'bracket_notation',
  'integer_spelling',
  'quoted',
]);

/**
 * One node of the parsed statement. A translator reads the fields it understands and ends with `end()`, which
 * refuses the statement when the node carries anything else: nothing that the parser saw is dropped in silence.
 */
export class SqlNode {
  readonly kind: string;
  readonly #fields: JsonObject;
  readonly #read = new Set<string>();

  private constructor(kind: string, fields: unknown) {
    this.kind = kind;
    this.#fields = objectOf(fields);
  }

  /** A node as the parser writes expressions and queries: `{kind: fields}`. */
  static of(value: unknown): SqlNode {
    const entries = Object.entries(objectOf(value));
    const [entry] = entries;
    if (entry === undefined || entries.length !== 1) throw unsupportedSql('This statement');
    return new SqlNode(entry[0], entry[1]);
  }

  /** Fields that the parser writes without naming their kind. */
  static bare(kind: string, fields: unknown): SqlNode {
    return new SqlNode(kind, fields);
  }

  /** Calls `read`, then refuses what it left unread. */
  static read<T>(node: SqlNode, read: (node: SqlNode) => T): T {
    const result = read(node);
    node.end();
    return result;
  }

  has(key: string): boolean {
    return !isEmpty(this.#fields[key]);
  }

  raw(key: string): unknown {
    this.#read.add(key);
    return this.#fields[key] ?? undefined;
  }

  maybe(key: string): SqlNode | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : SqlNode.of(value);
  }

  child(key: string): SqlNode {
    const child = this.maybe(key);
    if (child === undefined) throw unsupportedSql(`${this.title} without ${key}`);
    return child;
  }

  nodes(key: string): SqlNode[] {
    return this.list(key).map((value) => SqlNode.of(value));
  }

  list(key: string): readonly unknown[] {
    return listOf(this.raw(key));
  }

  /** Fields without a kind of their own. */
  part(key: string): SqlNode | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : SqlNode.bare(key, value);
  }

  flag(key: string): boolean {
    return this.raw(key) === true;
  }

  text(key: string): string | undefined {
    return textOf(this.raw(key));
  }

  /** The name of an identifier field. */
  name(key: string): string | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : identifierName(value);
  }

  names(key: string): string[] {
    return this.list(key).map(identifierName);
  }

  /** All fields as parsed, for questions about the whole tree below. */
  get everything(): unknown {
    return this.#fields;
  }

  end(): void {
    for (const [key, value] of Object.entries(this.#fields)) {
      if (this.#read.has(key) || spelling.has(key) || key.endsWith('comments') || isEmpty(value)) continue;
      throw unsupportedSql(`${this.title} with ${key.replaceAll('_', ' ')}`);
    }
  }

  get title(): string {
    return this.kind.replaceAll('_', ' ').toUpperCase();
  }
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0);

function identifierName(value: unknown): string {
  const { name } = objectOf(value);
  if (typeof name !== 'string') throw unsupportedSql('This name');
  return name;
}

/** Whether the identifier stood between backticks. */
export const isQuoted = (identifier: unknown): boolean => objectOf(identifier)['quoted'] === true;
