import { MAX_INDEX_ENTRIES } from '../limits.ts';
import { idOf, parentOf } from '../resource-name.ts';
import { invalidArgument } from '../status.ts';
import { distinctValues } from '../storage/document-index.ts';
import { isVector } from './compare.ts';
import { getField, parseFieldPath, pathBelow, type FieldPath } from './field-path.ts';
import { modeOf, type IndexDefinitions } from '../indexes/index-file.ts';
import type { Fields, Value } from '../protos.ts';

/** Throws INVALID_ARGUMENT for a document with more index entries than production keeps. */
export function checkIndexEntries(
  name: string,
  fields: Fields,
  encodedBytes: number,
  definitions: IndexDefinitions,
): void {
  const collectionGroup = idOf(parentOf(name));
  const composites = ['COLLECTION', 'COLLECTION_GROUP'].flatMap((scope) =>
    definitions.composites(collectionGroup, scope),
  );
  // No entry of an index comes from fewer than two bytes: most documents need not be counted.
  if (encodedBytes * (composites.length + 2) < 2 * MAX_INDEX_ENTRIES) return;
  let entries = entriesBelow(fields, undefined, (path) =>
    definitions.single(collectionGroup, path.canonical),
  );
  for (const { fields: indexed } of composites) {
    entries += indexed.reduce((count, field) => {
      const value = getField(fields, parseFieldPath(field.fieldPath));
      if (field.fieldPath === '__name__') return count;
      if (value === undefined) return 0;
      return modeOf(field) === 'CONTAINS' ? count * elementsIn(value) : count;
    }, 1);
  }
  if (entries > MAX_INDEX_ENTRIES) {
    throw invalidArgument(
      `too many index entries for entity "${name}": ${entries}, the maximum is ${MAX_INDEX_ENTRIES}`,
    );
  }
}

/** Maps are indexed by the fields in them, arrays by their elements. Source: https://firebase.google.com/docs/firestore/query-data/index-overview */
function entriesBelow(
  fields: Fields,
  parent: FieldPath | undefined,
  indexesOf: (path: FieldPath) => readonly { order?: string; arrayConfig?: string }[],
): number {
  let entries = 0;
  for (const key of Object.keys(fields)) {
    const value = fields[key] ?? {};
    const path = pathBelow(parent, key);
    if (value.mapValue != null && !isVector(value)) {
      entries += entriesBelow(value.mapValue.fields ?? {}, path, indexesOf);
      continue;
    }
    const isArray = value.arrayValue != null;
    const elements = isArray ? elementsIn(value) : 0;
    for (const index of indexesOf(path)) {
      if (modeOf(index) === 'CONTAINS') entries += elements;
      else if (!isArray) entries += 1;
    }
  }
  return entries;
}

const elementsIn = (value: Value): number => distinctValues(value.arrayValue?.values ?? []).length;
