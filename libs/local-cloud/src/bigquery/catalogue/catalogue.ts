import { duplicate, notFound } from '../errors.ts';
import { objectOf } from '../json.ts';
import { routineName } from './routine.ts';
import type { Routine, RoutineReference } from './routine.ts';
import { hasExpired, tableName } from './table.ts';
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

/**
 * Datasets, tables and routines by name. Names are case-sensitive, as in BigQuery. Holds only what is committed; a
 * table whose time has come is not found any more.
 */
export class Catalogue {
  readonly #datasets = new Map<string, Dataset>();
  readonly #tables = new Map<string, Table>();
  readonly #routines = new Map<string, Routine>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  dataset(project: string, id: string): Dataset {
    const dataset = this.#datasets.get(`${project}:${id}`);
    if (dataset === undefined) throw notFound(`Dataset ${project}:${id}`);
    return dataset;
  }

  table(reference: TableReference): Table {
    this.dataset(reference.project, reference.dataset);
    const table = this.findTable(reference);
    if (table === undefined) throw notFound(`Table ${tableName(reference)}`);
    return table;
  }

  findTable(reference: TableReference): Table | undefined {
    this.dataset(reference.project, reference.dataset);
    const table = this.#tables.get(tableName(reference));
    return table === undefined || hasExpired(table, this.#nowMs()) ? undefined : table;
  }

  routine(reference: RoutineReference): Routine {
    const routine = this.findRoutine(reference);
    if (routine === undefined) throw notFound(`Routine ${routineName(reference)}`);
    return routine;
  }

  findRoutine(reference: RoutineReference): Routine | undefined {
    this.dataset(reference.project, reference.dataset);
    return this.#routines.get(routineName(reference));
  }

  /** In order of name. */
  routines(project: string, dataset: string): Routine[] {
    return [...this.#routines.values()]
      .filter(({ reference }) => reference.project === project && reference.dataset === dataset)
      .toSorted((a, b) => (a.reference.routine < b.reference.routine ? -1 : 1));
  }

  /** In order of name. */
  datasets(project: string): Dataset[] {
    return [...this.#datasets.values()]
      .filter((dataset) => dataset.project === project)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** In order of name. */
  tables(project: string, dataset: string): Table[] {
    const nowMs = this.#nowMs();
    return [...this.#tables.values()]
      .filter(({ reference }) => reference.project === project && reference.dataset === dataset)
      .filter((table) => !hasExpired(table, nowMs))
      .toSorted((a, b) => (a.reference.table < b.reference.table ? -1 : 1));
  }

  /** Tables whose time has come, which are still in the store. */
  expired(): Table[] {
    const nowMs = this.#nowMs();
    return [...this.#tables.values()].filter((table) => hasExpired(table, nowMs));
  }

  /** The tables whose partitions expire. */
  withExpiringPartitions(): Table[] {
    return [...this.#tables.values()].filter(({ partitioning }) => partitioning?.expirationMs !== undefined);
  }

  requireNewDataset(project: string, id: string): void {
    if (this.#datasets.has(`${project}:${id}`)) throw duplicate(`Dataset ${project}:${id}`);
  }

  requireNewTable(reference: TableReference): void {
    this.dataset(reference.project, reference.dataset);
    if (this.findTable(reference) !== undefined) throw duplicate(`Table ${tableName(reference)}`);
  }

  putDataset(dataset: Dataset): void {
    this.#datasets.set(`${dataset.project}:${dataset.id}`, dataset);
  }

  putTable(table: Table): void {
    this.#tables.set(tableName(table.reference), table);
  }

  putRoutine(routine: Routine): void {
    this.#routines.set(routineName(routine.reference), routine);
  }

  removeRoutine(reference: RoutineReference): void {
    this.#routines.delete(routineName(reference));
  }

  removeDataset(project: string, id: string): void {
    this.#datasets.delete(`${project}:${id}`);
  }

  removeTable(reference: TableReference): void {
    this.#tables.delete(tableName(reference));
  }
}
