import { gunzipSync } from 'node:zlib';

import { readColumns } from '../catalogue/column.ts';
import type { Column } from '../catalogue/column.ts';
import type { Table } from '../catalogue/table.ts';
import { BigQueryError, invalid, notFound } from '../errors.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { matchesPattern, objectUri, parseObjectUri } from '../objects/object-uri.ts';
import type { ObjectUri } from '../objects/object-uri.ts';
import type { Objects, StoredObject } from '../objects/objects.ts';
import { openDestination, readDestination } from '../store/destination.ts';
import type { Store } from '../store/store.ts';
import type { Cell } from '../values/cell.ts';
import { readJsonRow } from '../values/json-row.ts';
import { readCsv } from './csv.ts';
import type { CsvField } from './csv.ts';
import type { JobPlan } from './jobs.ts';

/** What all files of one load job may hold together: they are read into memory. */
const maxLoadBytes = 256 * 1024 * 1024;

/** Plans `configuration.load`: newline-delimited JSON or CSV, uploaded with the request or from `gs://` URIs. */
export function planLoad(
  store: Store,
  objects: Objects,
  project: string,
  load: JsonObject,
  media: Buffer | undefined,
  nowMicros: bigint,
): JobPlan {
  const uris = listOf(load['sourceUris']).map(parseObjectUri);
  if ((media === undefined) === (uris.length === 0)) {
    throw invalid('Required parameter is missing: a file to load, or sourceUris');
  }
  for (const key of ['autodetect', 'schemaUpdateOptions', 'hivePartitioningOptions', 'maxBadRecords']) {
    if (load[key] != null && load[key] !== false && load[key] !== 0)
      throw invalid(`${key} is not supported by the local BigQuery`);
  }
  const read = readerOf(load);
  const schema = objectOf(load['schema'])['fields'];
  const settings = pick(load, ['timePartitioning', 'clustering']);
  const columns = schema === undefined ? undefined : readColumns(schema);
  const destination = { ...readDestination(load, project, 'WRITE_APPEND'), columns, settings };
  const { location } = store.catalogue.dataset(destination.reference.project, destination.reference.dataset);
  const run = async () => {
    const files = media === undefined ? await readFiles(objects, uris) : [media];
    const texts = files.map(textIn);
    const rowCount = await store.writes.submit(async (transaction) => {
      const table = await openDestination(store, transaction, destination, Number(nowMicros / 1000n));
      const rows = texts.flatMap((text) => read(text, table));
      const cells = table.columns.map((_, column) => rows.map((row) => row[column] ?? null));
      if (rows.length > 0) await transaction.append(table, { rowCount: rows.length, columns: cells });
      return rows.length;
    });
    return {
      statistics: {
        inputFiles: String(files.length),
        inputFileBytes: String(totalBytes(files)),
        outputRows: String(rowCount),
        badRecords: '0',
      },
    };
  };
  return { jobType: 'LOAD', location, columns: [], run };
}

async function readFiles(objects: Objects, uris: readonly ObjectUri[]): Promise<Buffer[]> {
  const found = new Map<string, StoredObject>();
  for (const uri of uris) {
    const [prefix = ''] = uri.name.split('*');
    const matching = (await objects.list(uri.bucket, prefix)).filter(({ name }) =>
      matchesPattern(name, uri.name),
    );
    if (matching.length === 0) throw notFound(`URI ${objectUri(uri)}`);
    for (const object of matching) found.set(objectUri(object), object);
  }
  const bytes = [...found.values()].reduce((sum, object) => sum + object.bytes, 0);
  if (bytes > maxLoadBytes) {
    throw invalid(
      `The files of the job hold ${bytes} bytes; the local BigQuery loads ${maxLoadBytes} at most`,
    );
  }
  return Promise.all([...found.values()].map((object) => objects.read(object)));
}

const totalBytes = (files: readonly Buffer[]): number => files.reduce((sum, { length }) => sum + length, 0);

/** Compressed files are known by their first bytes. */
function textIn(file: Buffer): string {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file.toString();
  try {
    return gunzipSync(file, { maxOutputLength: maxLoadBytes }).toString();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`Error while reading data, error message: gzip: ${why}`);
  }
}

const pick = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.filter((key) => object[key] != null).map((key) => [key, object[key]]));

type Reader = (text: string, table: Table) => (readonly Cell[])[];

function readerOf(load: JsonObject): Reader {
  const format = textOf(load['sourceFormat']) ?? 'CSV';
  if (format === 'NEWLINE_DELIMITED_JSON') {
    return (text, table) => readJsonLines(text, table, load['ignoreUnknownValues'] === true);
  }
  if (format !== 'CSV') throw invalid(`Source format ${format} is not supported by the local BigQuery`);
  const delimiter = textOf(load['fieldDelimiter']) ?? ',';
  const nullMarker = textOf(load['nullMarker']) ?? '';
  const skipped = Number(load['skipLeadingRows'] ?? 0);
  return (text, table) =>
    readCsv(text, delimiter === '\\t' || delimiter === 'tab' ? '\t' : delimiter)
      .slice(skipped)
      .map((record, index) => readRecord(record, table.columns, nullMarker, index));
}

const badRow = (index: number, message: string): BigQueryError =>
  new BigQueryError(400, 'invalid', `Error while reading data, error message: row ${index + 1}: ${message}`);

function readJsonLines(text: string, table: Table, ignoreUnknownValues: boolean): (readonly Cell[])[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const row = readJsonRow(table.columns, objectOf(parsed(line, index)), ignoreUnknownValues);
      if (row.isOk) return row.cells;
      const [problem] = row.problems;
      throw badRow(index, `${problem?.message ?? ''} Field: ${problem?.location ?? ''}`);
    });
}

function parsed(line: string, index: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw badRow(index, 'JSON parsing error');
  }
}

function readRecord(
  record: readonly CsvField[],
  columns: readonly Column[],
  nullMarker: string,
  index: number,
): readonly Cell[] {
  if (record.length !== columns.length) {
    throw badRow(index, `CSV table references ${columns.length} columns, the row has ${record.length}`);
  }
  const json = Object.fromEntries(
    columns.map(({ name, type, mode }, column) => {
      if (mode === 'REPEATED' || type === 'STRUCT')
        throw invalid('CSV cannot hold repeated or record fields');
      const { text, isQuoted } = record[column] ?? { text: '', isQuoted: false };
      const isNull = text === nullMarker && !(isQuoted && type === 'STRING');
      return [name, isNull ? null : text];
    }),
  );
  const row = readJsonRow(columns, json, false);
  if (row.isOk) return row.cells;
  throw badRow(index, `${row.problems[0]?.message ?? ''} Field: ${row.problems[0]?.location ?? ''}`);
}
