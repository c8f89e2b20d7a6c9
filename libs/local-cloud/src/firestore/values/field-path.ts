import { invalidArgument } from '../status.ts';
import type { Fields, Value } from '../protos.ts';

/** The path of a field in a document: dotted, with backticks around segments that are not plain names. */
export interface FieldPath {
  /** One spelling per path; usable as a key, and as written in firestore.indexes.json. */
  readonly canonical: string;
  readonly segments: readonly string[];
  /** Whether it names the document itself: `__name__`. */
  readonly isName: boolean;
}

const PLAIN = /^[A-Za-z_][A-Za-z_0-9]*$/;
const SEGMENT = /`((?:[^`\\]|\\.)*)`|([^`.]+)/y;
const CACHE_SIZE = 4096;
const cache = new Map<string, FieldPath>();

/** Throws INVALID_ARGUMENT for what is not a path. */
export function parseFieldPath(text: string): FieldPath {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const segments = split(text);
  const path = {
    segments,
    canonical: segments.map(quote).join('.'),
    isName: segments.length === 1 && segments[0] === '__name__',
  };
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, path);
  return path;
}

/** The path of a field in the map at `parent`, or of a field of the document. */
export function pathBelow(parent: FieldPath | undefined, segment: string): FieldPath {
  const quoted = quote(segment);
  return parseFieldPath(parent === undefined ? quoted : `${parent.canonical}.${quoted}`);
}

export function getField(fields: Fields, path: FieldPath): Value | undefined {
  let current: Fields | null | undefined = fields;
  let value: Value | undefined;
  for (const segment of path.segments) {
    if (current == null || !Object.hasOwn(current, segment)) return undefined;
    value = current[segment];
    current = value?.mapValue?.fields;
  }
  return value;
}

/**
 * The fields with the one at `path` replaced, or removed when `value` is undefined. What lies beside the path is
 * shared with `fields`, which stays as it was. A parent that is no map becomes one.
 */
export function withField(fields: Fields, path: FieldPath, value: Value | undefined): Fields {
  if (value === undefined && getField(fields, path) === undefined) return fields;
  return withSegments(fields, path.segments, 0, value);
}

function withSegments(
  fields: Fields,
  segments: readonly string[],
  depth: number,
  value: Value | undefined,
): Fields {
  const segment = segments[depth] ?? '';
  const copy = { ...fields };
  if (depth < segments.length - 1) {
    const inner = (Object.hasOwn(fields, segment) ? fields[segment]?.mapValue?.fields : undefined) ?? {};
    copy[segment] = { mapValue: { fields: withSegments(inner, segments, depth + 1, value) } };
  } else if (value === undefined) {
    delete copy[segment];
  } else {
    copy[segment] = value;
  }
  return copy;
}

function split(text: string): string[] {
  const segments: string[] = [];
  let position = 0;
  while (position <= text.length) {
    SEGMENT.lastIndex = position;
    const match = SEGMENT.exec(text);
    if (match === null) throw invalidArgument(`Invalid property path "${text}".`);
    segments.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll(/\\(.)/gs, '$1'));
    position = SEGMENT.lastIndex;
    if (position === text.length) return segments;
    if (text[position] !== '.') throw invalidArgument(`Invalid property path "${text}".`);
    position += 1;
  }
  throw invalidArgument(`Invalid property path "${text}".`);
}

function quote(segment: string): string {
  if (PLAIN.test(segment)) return segment;
  return `\`${segment.replaceAll(/[\\`]/g, '\\$&')}\``;
}
