import type { DuckDBMaterializedResult } from '@duckdb/node-api';

import type { TranslatedQuery } from '../sql/context.ts';
import { duckType } from '../sql/type.ts';
import type { Cell } from '../values/cell.ts';
import { fromDuck } from './duck-cells.ts';

/** A finished query. Its rows stay in DuckDB's memory and are converted page by page. */
export class QueryResult {
  readonly columns: TranslatedQuery['columns'];
  readonly rowCount: number;
  readonly #result: DuckDBMaterializedResult;
  /** The first row of each chunk whose place is known so far. */
  readonly #starts: number[] = [0];

  constructor(columns: TranslatedQuery['columns'], result: DuckDBMaterializedResult) {
    this.columns = columns;
    this.rowCount = result.rowCount;
    this.#result = result;
    for (const [index, { name, type }] of columns.entries()) {
      const found = String(result.columnType(index));
      // The translation promised this type; another one would mean that it promised wrongly.
      if (found !== duckType(type)) throw new Error(`column ${name} is ${found}, expected ${duckType(type)}`);
    }
  }

  rows(start: number, count: number): Cell[][] {
    const end = Math.min(start + count, this.rowCount);
    const rows: Cell[][] = [];
    let index = Math.max(
      0,
      this.#starts.findLastIndex((first) => first <= start),
    );
    for (let next = start; next < end; index += 1) {
      const chunk = this.#result.getChunk(index);
      const first = this.#starts[index] ?? 0;
      this.#starts[index + 1] = first + chunk.rowCount;
      const until = Math.min(end, first + chunk.rowCount);
      const vectors = this.columns.map((_, column) => chunk.getColumnVector(column));
      for (; next < until; next += 1)
        rows.push(vectors.map((vector) => fromDuck(vector.getItem(next - first))));
    }
    return rows;
  }
}
