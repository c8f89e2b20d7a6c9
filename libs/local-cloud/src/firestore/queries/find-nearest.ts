import { invalidArgument } from '../status.ts';
import { StoredDocument } from '../storage/stored-document.ts';
import { elementsOfVector, isVector } from '../values/compare.ts';
import { getField, parseFieldPath, withField, type FieldPath } from '../values/field-path.ts';
import { toNumber } from '../values/numbers.ts';
import { v1, type FindNearest, type Value } from '../protos.ts';

type Measure = 'EUCLIDEAN' | 'COSINE' | 'DOT_PRODUCT';

/** Which vectors a query asks for, of those in the documents that its filters leave. */
export interface Nearest {
  readonly path: FieldPath;
  readonly vector: readonly number[];
  readonly measure: Measure;
  readonly limit: number;
  /** The field of the results that is to hold their distance. */
  readonly resultField: FieldPath | undefined;
  /** The greatest distance, or the least dot product. */
  readonly threshold: number | undefined;
}

const MAX_DIMENSION = 2048;
const MAX_NEIGHBOURS = 1000;
const { DistanceMeasure } = v1.StructuredQuery.FindNearest;

/** Throws INVALID_ARGUMENT for a search that production refuses. */
export function parseNearest(proto: FindNearest): Nearest {
  const vector = proto.queryVector == null ? [] : numbersOf(proto.queryVector);
  if (vector.length === 0 || vector.length > MAX_DIMENSION) {
    throw invalidArgument(`FindNearest.query_vector must have 1 to ${MAX_DIMENSION} dimensions.`);
  }
  const limit = proto.limit?.value ?? 0;
  if (limit < 1 || limit > MAX_NEIGHBOURS) {
    throw invalidArgument(`FindNearest.limit must be a positive integer of no more than ${MAX_NEIGHBOURS}.`);
  }
  const field = proto.distanceResultField;
  return {
    path: parseFieldPath(proto.vectorField?.fieldPath ?? ''),
    vector,
    measure: parseMeasure(proto.distanceMeasure),
    limit,
    resultField: field == null || field === '' ? undefined : parseFieldPath(field),
    threshold: proto.distanceThreshold?.value ?? undefined,
  };
}

/** The documents with the nearest vectors, nearest first; what holds no vector of the same length is left out. */
export function nearestOf(documents: readonly StoredDocument[], nearest: Nearest): StoredDocument[] {
  const isNearer = nearest.measure === 'DOT_PRODUCT' ? -1 : 1;
  const { threshold, resultField } = nearest;
  return documents
    .map((document) => ({ document, distance: distanceOf(document, nearest) }))
    .filter((found): found is { document: StoredDocument; distance: number } => {
      if (found.distance === undefined || Number.isNaN(found.distance)) return false;
      return threshold === undefined || (found.distance - threshold) * isNearer <= 0;
    })
    .toSorted((a, b) => (a.distance - b.distance) * isNearer)
    .slice(0, nearest.limit)
    .map(({ document, distance }) => {
      if (resultField === undefined) return document;
      const fields = withField(document.fields, resultField, { doubleValue: distance });
      return StoredDocument.create(document.name, fields, document.createTime, document.updateTime);
    });
}

function distanceOf({ fields }: StoredDocument, { path, vector, measure }: Nearest): number | undefined {
  const value = getField(fields, path);
  const other = value === undefined ? [] : numbersOf(value);
  if (other.length !== vector.length) return undefined;
  switch (measure) {
    case 'EUCLIDEAN':
      return Math.hypot(...vector.map((x, i) => x - (other[i] ?? 0)));
    case 'DOT_PRODUCT':
      return dot(vector, other);
    case 'COSINE':
      return 1 - dot(vector, other) / Math.sqrt(dot(vector, vector) * dot(other, other));
  }
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

function numbersOf(value: Value): number[] {
  if (!isVector(value)) return [];
  return elementsOfVector(value).map(
    ({ doubleValue, integerValue }) => doubleValue ?? toNumber(integerValue ?? 0),
  );
}

function parseMeasure(measure: FindNearest['distanceMeasure']): Measure {
  const name = typeof measure === 'number' ? DistanceMeasure[measure] : measure;
  if (name === 'EUCLIDEAN' || name === 'COSINE' || name === 'DOT_PRODUCT') return name;
  throw invalidArgument('FindNearest.distance_measure must be specified.');
}
