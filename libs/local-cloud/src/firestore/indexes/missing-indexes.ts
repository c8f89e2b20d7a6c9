import type { CompositeIndex, FieldIndexConfig, FieldOverride, IndexFile } from './index-file.ts';

/** A definition that queries lacked, as it goes into firestore.indexes.json. */
export interface MissingIndex {
  readonly definition: CompositeIndex | FieldOverride;
  /** How many queries lacked it: refused for it, or answered all the same where indexes are not enforced. */
  readonly queries: number;
}

const MAX_KEPT = 1000;

/** The indexes that queries lacked since the start, in the order in which they were first missed. */
export class MissingIndexes {
  readonly #found = new Map<string, MissingIndex>();

  add(definition: CompositeIndex | FieldOverride): void {
    const key = JSON.stringify(definition);
    const known = this.#found.get(key);
    if (known === undefined && this.#found.size >= MAX_KEPT) return;
    this.#found.set(key, { definition, queries: (known?.queries ?? 0) + 1 });
  }

  list(): MissingIndex[] {
    return [...this.#found.values()];
  }
}

/**
 * What to add to a firestore.indexes.json for all of them. A field has one override in a file, which replaces its
 * indexes: those missed at several times stand together in it.
 */
export function indexFileOf(missing: readonly MissingIndex[]): Required<IndexFile> {
  const indexes: CompositeIndex[] = [];
  const overrides = new Map<string, FieldOverride>();
  for (const { definition } of missing) {
    if ('fields' in definition) {
      indexes.push(definition);
      continue;
    }
    const key = JSON.stringify([definition.collectionGroup, definition.fieldPath]);
    const known = overrides.get(key)?.indexes ?? [];
    overrides.set(key, { ...definition, indexes: distinct([...known, ...(definition.indexes ?? [])]) });
  }
  return { indexes, fieldOverrides: [...overrides.values()] };
}

function distinct(configs: readonly FieldIndexConfig[]): FieldIndexConfig[] {
  const byMeaning = configs.map(
    (config) =>
      [`${config.queryScope ?? 'COLLECTION'} ${config.order ?? config.arrayConfig ?? ''}`, config] as const,
  );
  return [...new Map(byMeaning).values()];
}
