import { readFile } from 'node:fs/promises';
import type { IndexFile, VectorConfig } from '../firestore/index.ts';

/**
 * Reads a `firestore.indexes.json`.
 *
 * Throws with the file and the first field that is wrong: `indexes[2].fields[0].order must be ASCENDING or
 * DESCENDING`.
 */
export async function readIndexFile(path: string): Promise<IndexFile> {
  try {
    return parseIndexFile(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the index file ${path} cannot be used: ${reason}`, { cause: error });
  }
}

/** Checks the decoded JSON of a `firestore.indexes.json`; properties that it does not know are ignored. */
export function parseIndexFile(file: unknown): IndexFile {
  const root = new Field(file, '');
  return {
    indexes: root.at('indexes').list((index) => ({
      collectionGroup: index.at('collectionGroup').text(),
      ...queryScope(index),
      fields: index.at('fields').filledList((field) => ({
        fieldPath: field.at('fieldPath').text(),
        ...(field.at('vectorConfig').isGiven ? vectorConfig(field.at('vectorConfig')) : indexMode(field)),
      })),
    })),
    fieldOverrides: root.at('fieldOverrides').list((override) => ({
      collectionGroup: override.at('collectionGroup').text(),
      fieldPath: override.at('fieldPath').text(),
      ...(override.at('ttl').isGiven ? { ttl: override.at('ttl').boolean() } : {}),
      ...(override.at('indexes').isGiven
        ? { indexes: override.at('indexes').list((index) => ({ ...queryScope(index), ...indexMode(index) })) }
        : {}),
    })),
  };
}

function queryScope(field: Field): { queryScope?: string } {
  const scope = field.at('queryScope');
  return scope.isGiven ? { queryScope: scope.oneOf('COLLECTION', 'COLLECTION_GROUP') } : {};
}

function indexMode(field: Field): { order: string } | { arrayConfig: string } {
  const arrayConfig = field.at('arrayConfig');
  return arrayConfig.isGiven
    ? { arrayConfig: arrayConfig.oneOf('CONTAINS') }
    : { order: field.at('order').oneOf('ASCENDING', 'DESCENDING') };
}

function vectorConfig(field: Field): { vectorConfig: VectorConfig } {
  return { vectorConfig: { dimension: field.at('dimension').positiveInteger(), flat: {} } };
}

/** A value and where it stands in the file. */
class Field {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  get isGiven(): boolean {
    return this.#value !== undefined;
  }

  at(key: string): Field {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#mustBe('an object');
    const properties = new Map<string, unknown>(Object.entries(value));
    return new Field(properties.get(key), this.#path === '' ? key : `${this.#path}.${key}`);
  }

  /** Missing counts as empty. */
  list<T>(read: (element: Field) => T): T[] {
    if (!this.isGiven) return [];
    if (!Array.isArray(this.#value)) throw this.#mustBe('a list');
    return this.#value.map((value: unknown, index) => read(new Field(value, `${this.#path}[${index}]`)));
  }

  filledList<T>(read: (element: Field) => T): T[] {
    const elements = this.list(read);
    if (elements.length === 0) throw this.#mustBe('a list that is not empty');
    return elements;
  }

  text(): string {
    if (typeof this.#value !== 'string' || this.#value === '') throw this.#mustBe('text that is not empty');
    return this.#value;
  }

  positiveInteger(): number {
    const value = this.#value;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
      throw this.#mustBe('a whole number above 0');
    return value;
  }

  boolean(): boolean {
    if (typeof this.#value !== 'boolean') throw this.#mustBe('true or false');
    return this.#value;
  }

  oneOf(...allowed: readonly string[]): string {
    const found = allowed.find((name) => name === this.#value);
    if (found === undefined) throw this.#mustBe(allowed.join(' or '));
    return found;
  }

  #mustBe(what: string): Error {
    return new Error(`${this.#path === '' ? 'the file' : this.#path} must be ${what}`);
  }
}
