import type { JsonObject } from '../rest/json-body.ts';

/** Where the rows of BigQuery subscriptions go. */
export interface TableSink {
  /** The types of the table's columns by their names in lower case; undefined where there is no such table. */
  columnsOf(table: TableName): ReadonlyMap<string, string> | undefined;
  /**
   * Writes the rows that fit and says, row by row, what is wrong with the others; resolves when the written are
   * durable. Undefined: there is no such table, or it takes no rows.
   */
  append(
    table: TableName,
    rows: readonly JsonObject[],
    dropUnknownFields: boolean,
  ): Promise<readonly (string | undefined)[] | undefined>;
}

export interface TableName {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}
