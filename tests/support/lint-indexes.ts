import type { CollectionSpec, QuerySpec } from '@bellwether/contracts';
import * as z from 'zod';

const Order = z.enum(['ASCENDING', 'DESCENDING']);
const Scope = z.enum(['COLLECTION', 'COLLECTION_GROUP']);

/** `firestore.indexes.json` as this project writes it: every scope and every list of indexes is stated. */
export const IndexFile = z.strictObject({
  indexes: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      queryScope: Scope,
      fields: z.array(z.strictObject({ fieldPath: z.string(), order: Order })).min(2),
    }),
  ),
  fieldOverrides: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      fieldPath: z.string(),
      ttl: z.literal(true).optional(),
      indexes: z.array(z.strictObject({ order: Order, queryScope: Scope })),
    }),
  ),
});
export type IndexFile = z.infer<typeof IndexFile>;

interface Index {
  readonly collectionGroup: string;
  readonly queryScope: string;
  readonly fields: readonly { readonly fieldPath: string; readonly order: string }[];
}

/** Fields whose values grow with time: an index of theirs takes 500 writes a second in all, however many shards write. */
const monotonic = /(?:^|\.)(?:\w*At|\w*Until|\w*[oO]rdinal|ts|seq|version|watermark|offset|frame|token)$/;

/**
 * What is wrong with an index file, one sentence each: queries without an index, indexes without a query,
 * indexes that grow in one place, exemptions that exempt nothing, expiry that does not fit the collections.
 */
export function lintIndexes(
  file: IndexFile,
  queries: readonly QuerySpec[],
  collections: readonly CollectionSpec[],
): string[] {
  const found: Index[] = [
    ...file.indexes,
    ...file.fieldOverrides.flatMap(({ collectionGroup, fieldPath, indexes }) =>
      indexes.map(({ order, queryScope }) => ({
        collectionGroup,
        queryScope,
        fields: [{ fieldPath, order }],
      })),
    ),
  ];
  const needed = queries.map(indexOf);
  return [
    ...needed.filter((index) => !has(found, index)).map((index) => `no index ${told(index)}`),
    ...found.filter((index) => !has(needed, index)).map((index) => `no query needs ${told(index)}`),
    ...found.filter(growsInOnePlace).map((index) => `grows in one place: ${told(index)}`),
    ...twice([...file.fieldOverrides.map(nameOf), ...file.indexes.map(told)]),
    ...wrongExemptions(file, collections),
    ...wrongExpiry(file, collections),
  ];
}

function indexOf({ collection, scope, equal, orderBy }: QuerySpec): Index {
  return {
    collectionGroup: collection,
    queryScope: scope,
    fields: [
      ...equal.map((fieldPath) => ({ fieldPath, order: 'ASCENDING' })),
      ...orderBy.map(({ field: fieldPath, direction: order }) => ({ fieldPath, order })),
    ],
  };
}

function growsInOnePlace({ fields }: Index): boolean {
  return fields[0]?.fieldPath !== 'shard' && fields.some(({ fieldPath }) => monotonic.test(fieldPath));
}

function wrongExemptions({ fieldOverrides }: IndexFile, collections: readonly CollectionSpec[]): string[] {
  const groups = new Set(collections.map(groupOf));
  const wholly = new Set(
    fieldOverrides
      .filter(({ fieldPath, indexes }) => fieldPath === '*' && indexes.length === 0)
      .map(({ collectionGroup }) => collectionGroup),
  );
  return [
    ...[...groups]
      .filter((group) => !wholly.has(group))
      .map((group) => `${group} indexes fields that nothing asks for`),
    ...fieldOverrides
      .filter(({ collectionGroup }) => !groups.has(collectionGroup))
      .map((override) => `no collection for ${nameOf(override)}`),
    ...fieldOverrides
      .filter(
        ({ collectionGroup, fieldPath, ttl, indexes }) =>
          fieldPath !== '*' && ttl !== true && indexes.length === 0 && wholly.has(collectionGroup),
      )
      .map((override) => `exempts nothing: ${nameOf(override)}`),
  ];
}

function wrongExpiry({ fieldOverrides }: IndexFile, collections: readonly CollectionSpec[]): string[] {
  const expiring = new Set(
    collections
      .filter(({ retention }) => retention === 'expireAt')
      .map((each) => `${groupOf(each)}.expireAt`),
  );
  const declared = fieldOverrides.filter(({ ttl }) => ttl === true);
  const names = new Set(declared.map(nameOf));
  return [
    ...declared.filter(({ indexes }) => indexes.length > 0).map((each) => `indexes expiry: ${nameOf(each)}`),
    ...[...expiring].filter((name) => !names.has(name)).map((name) => `nothing expires by ${name}`),
    ...[...names].filter((name) => !expiring.has(name)).map((name) => `no collection expires by ${name}`),
  ];
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map((name) => `twice: ${name}`);
}

/** The id that exemptions bind to: the last collection of the path. */
function groupOf({ path }: CollectionSpec): string {
  return path.split('/').at(-2) ?? '';
}

function nameOf({
  collectionGroup,
  fieldPath,
}: {
  readonly collectionGroup: string;
  readonly fieldPath: string;
}): string {
  return `${collectionGroup}.${fieldPath}`;
}

function has(indexes: readonly Index[], index: Index): boolean {
  return indexes.some((each) => told(each) === told(index));
}

function told({ collectionGroup, queryScope, fields }: Index): string {
  return `${collectionGroup} ${queryScope} ${fields.map(({ fieldPath, order }) => `${fieldPath} ${order}`).join(', ')}`;
}
