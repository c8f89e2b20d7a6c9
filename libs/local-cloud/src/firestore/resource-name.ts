import { MAX_ID_BYTES, MAX_NAME_BYTES, MAX_SUBCOLLECTION_DEPTH } from './limits.ts';
import { invalidArgument } from './status.ts';
import { compareUtf8 } from './values/strings.ts';

/*
 * Names are kept as the wire has them: `projects/P/databases/D/documents/users/u1`. The first five segments are
 * the root of a database; collections and documents alternate below it.
 */
const ROOT_SEGMENTS = 5;
const RESERVED = /^__.*__$/s;
const SLASH = 47;
const NUMERIC_ID = /^__id(-?\d+)__$/;

/** Throws INVALID_ARGUMENT when `name` cannot name a document. */
export function checkDocumentName(name: string): void {
  const segments = checkedSegments(name);
  if (segments.length <= ROOT_SEGMENTS || (segments.length - ROOT_SEGMENTS) % 2 !== 0) {
    throw invalidArgument(`Document name "${name}" has an odd number of segments below "documents".`);
  }
  if (
    segments.length - ROOT_SEGMENTS > MAX_SUBCOLLECTION_DEPTH * 2 ||
    Buffer.byteLength(name) > MAX_NAME_BYTES
  ) {
    throw invalidArgument(`Document name "${name.slice(0, 200)}…" is too long.`);
  }
  for (let i = ROOT_SEGMENTS; i < segments.length; i += 1) {
    checkId(segments[i] ?? '', i % 2 === 1 ? 'Collection' : 'Resource');
  }
}

/** Throws INVALID_ARGUMENT unless `name` is a database's root of documents or a document. */
export function checkParentName(name: string): void {
  const segments = checkedSegments(name);
  if ((segments.length - ROOT_SEGMENTS) % 2 !== 0) {
    throw invalidArgument(`Document parent name "${name}" is not a document nor the root.`);
  }
}

export function checkCollectionId(id: string): void {
  checkId(id, 'Collection');
}

/** `…/users/u1` to `…/users`: the collection of a document, or the parent document of a collection. */
export const parentOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));

/** The last segment: the id of a document or of a collection. */
export const idOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** The key of all collections of one database with one id. */
export function groupKey(nameOrParent: string, collectionId: string): string {
  return `${rootOf(nameOrParent)}//${collectionId}`;
}

/** `projects/P/databases/D/documents` of any name in that database. */
export function rootOf(name: string): string {
  let end = -1;
  for (let i = 0; i < ROOT_SEGMENTS; i += 1) {
    end = name.indexOf('/', end + 1);
    if (end === -1) return name;
  }
  return name.slice(0, end);
}

/**
 * Orders names segment by segment, numeric ids (`__id7__`) before the others. The first `from` characters are known
 * to be equal and to end with a slash.
 */
export function compareNames(a: string, b: string, from = 0): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let start = from;
  for (let i = from; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) {
      if (a.startsWith('__id', start) || b.startsWith('__id', start)) {
        return compareNumericIds(segmentAt(a, start), segmentAt(b, start));
      }
      if (left === SLASH || right === SLASH) return left === SLASH ? -1 : 1;
      return compareUtf8(a, b, i);
    }
    if (left === SLASH) start = i + 1;
  }
  return a.length - b.length;
}

function segmentAt(name: string, start: number): string {
  const end = name.indexOf('/', start);
  return end === -1 ? name.slice(start) : name.slice(start, end);
}

function compareNumericIds(a: string, b: string): number {
  const left = NUMERIC_ID.exec(a)?.[1];
  const right = NUMERIC_ID.exec(b)?.[1];
  if (left !== undefined && right !== undefined) return BigInt(left) < BigInt(right) ? -1 : 1;
  if (left === undefined && right === undefined) return compareUtf8(a, b);
  return left === undefined ? 1 : -1;
}

function checkedSegments(name: string): string[] {
  const segments = name.split('/');
  for (const [index, literal] of [
    [0, 'projects'],
    [2, 'databases'],
    [4, 'documents'],
  ] as const) {
    if (segments[index] !== literal) {
      throw invalidArgument(`Document name "${name}" lacks "${literal}" at index ${index}.`);
    }
  }
  return segments;
}

function checkId(id: string, kind: 'Collection' | 'Resource'): void {
  if (id === '' || id === '.' || id === '..') {
    throw invalidArgument(`${kind} id "${id}" is invalid because it is empty, "." or "..".`);
  }
  if (id.startsWith('__') && RESERVED.test(id) && !NUMERIC_ID.test(id)) {
    throw invalidArgument(`${kind} id "${id}" is invalid because it is reserved.`);
  }
  if (id.length * 3 > MAX_ID_BYTES && Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw invalidArgument(`${kind} id "${id.slice(0, 100)}…" is longer than ${MAX_ID_BYTES} bytes.`);
  }
}
