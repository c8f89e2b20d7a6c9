import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import type { Column, ColumnType } from '../catalogue/column.ts';
import { invalid, notFound } from '../errors.ts';
import { listOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { parseObjectUri } from '../objects/object-uri.ts';
import type { Objects } from '../objects/objects.ts';
import { rowsOf } from '../sql/from.ts';
import { quoteName, typeOfColumn } from '../sql/type.ts';
import { readReference } from '../store/destination.ts';
import type { QueryResult } from '../store/query-result.ts';
import type { Store } from '../store/store.ts';
import { csvField, toCsvLine, toJsonLine } from '../values/export-row.ts';
import type { Cell } from '../values/cell.ts';
import type { JobPlan } from './jobs.ts';

/** Rows that are text in memory at a time. */
const pageRows = 5000;

/** Plans `configuration.extract`: a table into one object, as CSV or newline-delimited JSON. */
export function planExtract(
  store: Store,
  objects: Objects,
  project: string,
  extract: JsonObject,
  requestedLocation: string | undefined,
): JobPlan {
  if (extract['sourceModel'] != null) throw invalid('Models are not supported by the local BigQuery');
  const reference = readReference(extract['sourceTable'], project);
  const { location } = store.catalogue.dataset(reference.project, reference.dataset);
  if (requestedLocation !== undefined && requestedLocation.toUpperCase() !== location.toUpperCase()) {
    throw notFound(`Dataset ${reference.project}:${reference.dataset}`);
  }
  const table = store.catalogue.table(reference);
  if (table.view !== undefined) throw invalid('A view cannot be extracted; extract a table with its rows');
  const uris =
    extract['destinationUri'] == null ? listOf(extract['destinationUris']) : [extract['destinationUri']];
  const [uri] = uris.map(parseObjectUri);
  if (uri === undefined || uris.length > 1) {
    throw invalid('An extract job of the local BigQuery takes exactly one destination URI');
  }
  // One file holds all of the table: the first of those that the wildcard stands for.
  const destination = { ...uri, name: uri.name.replace('*', '000000000000') };
  const { header, line } = formatOf(extract, table.columns);
  const compression = textOf(extract['compression']) ?? 'NONE';
  if (compression !== 'NONE' && compression !== 'GZIP') {
    throw invalid(`Compression ${compression} is not supported by the local BigQuery`);
  }
  const run = async () => {
    await objects.requireBucket(destination.bucket);
    const columns = table.columns.map((column) => ({ name: column.name, type: typeOfColumn(column) }));
    const list = columns.map(({ name }) => quoteName(name)).join(', ') || '1';
    const result = await store.query({ sql: `SELECT ${list} FROM ${rowsOf(table)}`, columns });
    await objects.put(destination, async (file) => {
      const text = Readable.from(pages(result, header, line));
      const write = async (source: AsyncIterable<string | Buffer>): Promise<void> => {
        for await (const piece of source) await file.writeFile(piece);
      };
      await (compression === 'GZIP' ? pipeline(text, createGzip(), write) : pipeline(text, write));
    });
    return { statistics: { destinationUriFileCounts: ['1'] } };
  };
  return { jobType: 'EXTRACT', location, columns: [], run };
}

type Line = (cells: readonly Cell[]) => string;

function* pages(result: QueryResult, header: string, line: Line): Generator<string> {
  if (header !== '') yield header;
  for (let start = 0; start < result.rowCount; start += pageRows) {
    yield result
      .rows(start, pageRows)
      .map((cells) => `${line(cells)}\n`)
      .join('');
  }
}

function formatOf(extract: JsonObject, columns: readonly Column[]): { header: string; line: Line } {
  const format = textOf(extract['destinationFormat']) ?? 'CSV';
  const range = columns.find((column) => holds('RANGE', column));
  if (range !== undefined) {
    throw invalid(`Column ${range.name}: RANGE is not extracted by the local BigQuery`);
  }
  if (format === 'NEWLINE_DELIMITED_JSON') {
    const json = columns.find((column) => holds('JSON', column));
    if (json !== undefined) {
      throw invalid(`Column ${json.name}: JSON is not extracted as JSON lines by the local BigQuery`);
    }
    return { header: '', line: (cells) => toJsonLine(columns, cells) };
  }
  if (format !== 'CSV') throw invalid(`Destination format ${format} is not supported by the local BigQuery`);
  const nested = columns.find(({ type, mode }) => type === 'STRUCT' || mode === 'REPEATED');
  if (nested !== undefined) {
    throw invalid(`Operation cannot be performed on a nested schema. Field: ${nested.name}`);
  }
  const given = textOf(extract['fieldDelimiter']) ?? ',';
  const delimiter = given === 'tab' || given === '\\t' ? '\t' : given;
  const names = columns.map(({ name }) => csvField(name, delimiter)).join(delimiter);
  return {
    header: extract['printHeader'] === false ? '' : `${names}\n`,
    line: (cells) => toCsvLine(columns, cells, delimiter),
  };
}

const holds = (sought: ColumnType, { type, fields = [] }: Column): boolean =>
  type === sought || fields.some((field) => holds(sought, field));
