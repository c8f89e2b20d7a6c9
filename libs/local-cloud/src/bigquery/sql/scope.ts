import type { Table } from '../catalogue/table.ts';
import { invalidQuery } from '../errors.ts';
import { fieldOf, structOf } from './struct.ts';
import type { SqlType, Typed } from './type.ts';

export interface Field {
  readonly name: string;
  readonly type: SqlType;
  readonly sql: string;
  /** The second of two columns joined by USING: found only under its table's name. */
  readonly isMerged?: boolean;
  /** What the name alone means, where USING merged columns of which one may be NULL. */
  readonly mergedSql?: string;
}

/** A table, subquery or CTE of a FROM clause. */
export interface Source {
  readonly alias: string;
  readonly fields: readonly Field[];
  readonly table?: Table;
  /** What the alias alone means, where it is not the row: an element of UNNEST. */
  readonly element?: Typed;
}

/** What the select list calls its expressions, by lower-case name; undefined where two share the name. */
export type SelectAliases = ReadonlyMap<string, Typed | undefined>;

/** The names that an expression can use: its own FROM clause, then those of the queries around it. */
export class Scope {
  readonly sources: readonly Source[];
  readonly #parent: Scope | undefined;
  readonly #aliases: SelectAliases;
  readonly #aliasWins: boolean;

  constructor(
    sources: readonly Source[],
    parent?: Scope,
    aliases: SelectAliases = new Map(),
    aliasWins = false,
  ) {
    this.sources = sources;
    this.#parent = parent;
    this.#aliases = aliases;
    this.#aliasWins = aliasWins;
  }

  /** For ORDER BY, where an alias hides a column, and GROUP BY and HAVING, where the two must mean the same. */
  withAliases(aliases: SelectAliases, clause: 'ORDER BY' | 'GROUP BY'): Scope {
    return new Scope(this.sources, this.#parent, aliases, clause === 'ORDER BY');
  }

  resolve(table: string | undefined, name: string): Typed {
    const field = this.#field(table, name);
    if (field === undefined) {
      const value = table === undefined ? this.#row(name) : this.#member(table, name);
      if (value !== undefined) return value;
    }
    const key = name.toLowerCase();
    if (table !== undefined || !this.#aliases.has(key)) {
      if (field !== undefined) {
        return { sql: (table === undefined ? field.mergedSql : undefined) ?? field.sql, type: field.type };
      }
      if (this.#parent !== undefined) return this.#parent.resolve(table, name);
      throw invalidQuery(`Unrecognized name: ${table === undefined ? '' : `${table}.`}${name}`);
    }
    const alias = this.#aliases.get(key);
    const isAmbiguous = field !== undefined && !this.#aliasWins && field.sql !== alias?.sql;
    if (alias === undefined || isAmbiguous) throw invalidQuery(`Name ${name} is ambiguous`);
    return alias;
  }

  /** The column of this FROM clause that the name means, with its source. */
  own(table: string | undefined, name: string): { source: Source; field: Field } | undefined {
    for (const source of this.sources) {
      const field = findField(source, table, name);
      if (field !== undefined) return { source, field };
    }
    return undefined;
  }

  /** The row, or the element, that an alias of this FROM clause means as a value. */
  #row(alias: string): Typed | undefined {
    const source = this.sources.find((candidate) => sameName(candidate.alias, alias));
    if (source === undefined || this.#aliases.has(alias.toLowerCase())) return undefined;
    return (
      source.element ?? structOf(source.fields.map(({ name, sql, type }) => ({ name, value: { sql, type } })))
    );
  }

  /** `column.name`, where a column holds a STRUCT. */
  #member(column: string, name: string): Typed | undefined {
    if (this.sources.some(({ alias }) => sameName(alias, column))) return undefined;
    const field = this.#field(undefined, column);
    return field === undefined ? undefined : fieldOf(field, name);
  }

  #field(table: string | undefined, name: string): Field | undefined {
    const found = this.sources.flatMap((source) => findField(source, table, name) ?? []);
    if (found.length > 1) throw invalidQuery(`Column name ${name} is ambiguous`);
    const isTable = table !== undefined && this.sources.some((source) => sameName(source.alias, table));
    if (found.length === 0 && isTable) throw invalidQuery(`Name ${name} not found inside ${table}`);
    return found[0];
  }
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function findField(source: Source, table: string | undefined, name: string): Field | undefined {
  if (table !== undefined && !sameName(source.alias, table)) return undefined;
  return source.fields.find(
    (field) => sameName(field.name, name) && !(table === undefined && field.isMerged === true),
  );
}
