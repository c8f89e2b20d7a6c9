import { duplicate, notFound } from '../errors.ts';
import { objectOf } from '../json.ts';
import { tableName } from './table.ts';
import type { Table, TableReference, TableSettings } from './table.ts';

export interface Dataset {
  readonly project: string;
  readonly id: string;
  readonly location: string;
  readonly settings: TableSettings;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Reads the JSON of a dataset from the store. */
export function restoreDataset(stored: string): Dataset {
  const { project, id, location, settings, createdAtMs, modifiedAtMs } = objectOf(JSON.parse(stored));
  return {
    project: String(project),
    id: String(id),
    location: String(location),
    settings: objectOf(settings),
    createdAtMs: Number(createdAtMs),
    modifiedAtMs: Number(modifiedAtMs),
  };
}

/** Datasets and tables by name. Names are case-sensitive, as in BigQuery. Holds only what is committed. */
export class Catalogue {
  readonly #datasets = new Map<string, Dataset>();
  readonly #tables = new Map<string, Table>();

  dataset(project: string, id: string): Dataset {
    const dataset = this.#datasets.get(`${project}:${id}`);
    if (dataset === undefined) throw notFound(`Dataset ${project}:${id}`);
    return dataset;
  }

  table(reference: TableReference): Table {
    this.dataset(reference.project, reference.dataset);
    const table = this.#tables.get(tableName(reference));
    if (table === undefined) throw notFound(`Table ${tableName(reference)}`);
    return table;
  }

  findTable(reference: TableReference): Table | undefined {
    this.dataset(reference.project, reference.dataset);
    return this.#tables.get(tableName(reference));
  }

  /** In order of name. */
  datasets(project: string): Dataset[] {
    return [...this.#datasets.values()]
      .filter((dataset) => dataset.project === project)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** In order of name. */
  tables(project: string, dataset: string): Table[] {
    return [...this.#tables.values()]
      .filter(({ reference }) => reference.project === project && reference.dataset === dataset)
      .toSorted((a, b) => (a.reference.table < b.reference.table ? -1 : 1));
  }

  requireNewDataset(project: string, id: string): void {
    if (this.#datasets.has(`${project}:${id}`)) throw duplicate(`Dataset ${project}:${id}`);
  }

  requireNewTable(reference: TableReference): void {
    this.dataset(reference.project, reference.dataset);
    if (this.#tables.has(tableName(reference))) throw duplicate(`Table ${tableName(reference)}`);
  }

  putDataset(dataset: Dataset): void {
    this.#datasets.set(`${dataset.project}:${dataset.id}`, dataset);
  }

  putTable(table: Table): void {
    this.#tables.set(tableName(table.reference), table);
  }

  removeDataset(project: string, id: string): void {
    this.#datasets.delete(`${project}:${id}`);
  }

  removeTable(reference: TableReference): void {
    this.#tables.delete(tableName(reference));
  }
}
