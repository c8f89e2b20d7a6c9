/**
 * JSON with sorted keys: equal values give equal text. What is `undefined` is left out of objects, and null in arrays.
 *
 * @param without names of fields of the value itself, not of what it holds, that are left out.
 */
export function canonicalJson(value: unknown, without?: ReadonlySet<string>): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return ofArray(value);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object is a record of its own keys
      return ofObject(value as Readonly<Record<string, unknown>>, without);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      return 'null';
  }
}

function ofArray(values: readonly unknown[]): string {
  let text = '[';
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) text += ',';
    text += canonicalJson(values[i]);
  }
  return `${text}]`;
}

function ofObject(fields: Readonly<Record<string, unknown>>, without?: ReadonlySet<string>): string {
  const { keys, heads } = shapeOf(Object.keys(fields));
  let text = '{';
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] ?? '';
    const field = fields[key];
    if (field === undefined || without?.has(key) === true) continue;
    if (text.length > 1) text += ',';
    text += `${heads[i]}${canonicalJson(field)}`;
  }
  return `${text}}`;
}

/** The keys of objects that were made alike, in the order of their text, and how each begins its field. */
interface Shape {
  readonly asMade: readonly string[];
  readonly keys: readonly string[];
  readonly heads: readonly string[];
}

/** Events have few shapes, and to sort the keys of each object costs more than all the rest. */
const shapes = new Map<string, Shape>();
const mostShapes = 1000;

function shapeOf(asMade: readonly string[]): Shape {
  const id = asMade.join(',');
  const known = shapes.get(id);
  if (known !== undefined && isSame(known.asMade, asMade)) return known;
  const keys = asMade.toSorted((a, b) => (a < b ? -1 : 1));
  const shape = { asMade, keys, heads: keys.map((key) => `${quoted(key)}:`) };
  if (shapes.size >= mostShapes) shapes.clear();
  shapes.set(id, shape);
  return shape;
}

/** A key may hold a comma, or nothing. */
function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((key, i) => key === others[i]);
}

/** Up to here a loop over the characters is faster than a call into the engine. */
const shortText = 64;

function quoted(text: string): string {
  if (text.length > shortText) return JSON.stringify(text);
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const isPlain = code >= 0x20 && code < 0x7f && code !== 0x22 && code !== 0x5c;
    if (!isPlain) return JSON.stringify(text);
  }
  return `"${text}"`;
}
