/** firestore.indexes.json, parsed. Source: the Firebase CLI's format of index definitions. */
export interface IndexFile {
  readonly indexes?: readonly CompositeIndex[];
  readonly fieldOverrides?: readonly FieldOverride[];
}

export interface CompositeIndex {
  readonly collectionGroup: string;
  /** COLLECTION (the default) or COLLECTION_GROUP. */
  readonly queryScope?: string;
  readonly fields: readonly IndexField[];
}

export interface IndexField {
  readonly fieldPath: string;
  /** ASCENDING or DESCENDING. */
  readonly order?: string;
  /** CONTAINS. */
  readonly arrayConfig?: string;
  readonly vectorConfig?: VectorConfig;
}

export interface VectorConfig {
  readonly dimension: number;
  readonly flat?: object;
}

/** Replaces the automatic indexes of a field and of the fields below it; `*` stands for all fields of the group. */
export interface FieldOverride {
  readonly collectionGroup: string;
  readonly fieldPath: string;
  readonly ttl?: boolean;
  /** Without a list the override is about something else, and the indexes stay as they are. */
  readonly indexes?: readonly FieldIndexConfig[];
}

export interface FieldIndexConfig {
  readonly queryScope?: string;
  readonly order?: string;
  readonly arrayConfig?: string;
}

export type IndexMode = 'ASCENDING' | 'DESCENDING' | 'CONTAINS';

const AUTOMATIC: readonly FieldIndexConfig[] = [
  { order: 'ASCENDING', queryScope: 'COLLECTION' },
  { order: 'DESCENDING', queryScope: 'COLLECTION' },
  { arrayConfig: 'CONTAINS', queryScope: 'COLLECTION' },
];

/** The definitions, ready for lookup. */
export class IndexDefinitions {
  readonly #composites: ReadonlyMap<string, CompositeIndex[]>;
  readonly #overrides: ReadonlyMap<string, FieldOverride>;

  constructor(file: IndexFile) {
    this.#composites = Map.groupBy(file.indexes ?? [], ({ collectionGroup, queryScope }) =>
      key(collectionGroup, queryScope ?? 'COLLECTION'),
    );
    this.#overrides = new Map(
      (file.fieldOverrides ?? []).map((override) => [
        key(override.collectionGroup, override.fieldPath),
        override,
      ]),
    );
  }

  composites(collectionGroup: string, queryScope: string): readonly CompositeIndex[] {
    return this.#composites.get(key(collectionGroup, queryScope)) ?? [];
  }

  /** The override of a field by its own path. */
  override(collectionGroup: string, fieldPath: string): FieldOverride | undefined {
    return this.#overrides.get(key(collectionGroup, fieldPath));
  }

  /** The single-field indexes of a field: its own override, its nearest parent's, the group's, or the automatic ones. */
  single(collectionGroup: string, fieldPath: string): readonly FieldIndexConfig[] {
    let path = fieldPath;
    for (;;) {
      const indexes = this.override(collectionGroup, path)?.indexes;
      if (indexes !== undefined) return indexes;
      const dot = path.lastIndexOf('.');
      if (dot === -1) break;
      path = path.slice(0, dot);
    }
    return this.override(collectionGroup, '*')?.indexes ?? AUTOMATIC;
  }
}

export function modeOf({
  order,
  arrayConfig,
}: {
  order?: string;
  arrayConfig?: string;
}): IndexMode | undefined {
  if (arrayConfig === 'CONTAINS') return 'CONTAINS';
  return order === 'ASCENDING' || order === 'DESCENDING' ? order : undefined;
}

const key = (collectionGroup: string, name: string): string => `${collectionGroup}/${name}`;
