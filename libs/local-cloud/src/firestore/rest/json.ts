/*
 * The JSON mapping of proto3 for the messages of google.firestore.v1, between JSON and the plain objects of the
 * codecs. They differ in timestamps, durations, wrapped numbers, nulls, doubles without digits and structs.
 */
type Json = Readonly<Record<string, unknown>>;

const TIMESTAMPS: ReadonlySet<string> = new Set([
  'timestampValue',
  'readTime',
  'updateTime',
  'createTime',
  'commitTime',
]);
const WRAPPED: ReadonlySet<string> = new Set(['limit', 'distanceThreshold', 'upTo']);
/** Maps whose keys are the user's: what stands in them is a message of its own. */
const USER_MAPS: ReadonlySet<string> = new Set(['fields', 'aggregateFields']);
const STRUCTS: ReadonlySet<string> = new Set(['indexesUsed', 'debugStats']);
const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** From JSON to what `fromObject` takes. */
export function fromJson(json: Json): Json {
  return mapEntries(json, (value, key) => {
    if (key === 'nullValue') return 'NULL_VALUE';
    if (TIMESTAMPS.has(key) && typeof value === 'string') return parseTimestamp(value) ?? value;
    if (WRAPPED.has(key) && typeof value !== 'object') return { value };
    if (key === 'doubleValue' && typeof value === 'string') return Number(value);
    return nested(key, value, fromJson);
  });
}

/** From what `toObject` gives, with enums, integers and bytes as texts, to JSON. */
export function toJson(message: Json): Json {
  return mapEntries(message, (value, key) => {
    if (key === 'nullValue') return null;
    if (TIMESTAMPS.has(key) && isObject(value)) return timestampText(value);
    if (key === 'executionDuration' && isObject(value)) {
      return `${textOf(value['seconds'])}.${fraction(value)}s`;
    }
    if (key === 'doubleValue' && !Number.isFinite(value)) return String(value);
    if (STRUCTS.has(key)) return Array.isArray(value) ? value.map(structToJson) : structToJson(value);
    return nested(key, value, toJson);
  });
}

function nested(key: string, value: unknown, convert: (message: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => (isObject(item) ? convert(item) : item));
  if (!isObject(value)) return value;
  if (!USER_MAPS.has(key)) return convert(value);
  return mapEntries(value, (item) => (isObject(item) ? convert(item) : item));
}

function structToJson(struct: unknown): unknown {
  const fields = isObject(struct) && isObject(struct['fields']) ? struct['fields'] : {};
  return mapEntries(fields, (value) => {
    if (!isObject(value)) return value;
    return isObject(value['structValue']) ? structToJson(value['structValue']) : Object.values(value)[0];
  });
}

function parseTimestamp(text: string): { seconds: number; nanos: number } | undefined {
  const [, seconds, digits, zone] = RFC_3339.exec(text) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  return {
    seconds: Date.parse(`${seconds}${zone}`) / 1000,
    nanos: Number((digits ?? '').padEnd(9, '0')),
  };
}

function timestampText(timestamp: Json): string {
  const whole = new Date(Number(timestamp['seconds'] ?? 0) * 1000).toISOString().slice(0, 19);
  return `${whole}.${fraction(timestamp)}Z`;
}

const fraction = (time: Json): string => textOf(time['nanos']).padStart(9, '0');

const textOf = (number: unknown): string =>
  typeof number === 'number' || typeof number === 'string' ? `${number}` : '0';

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mapEntries(object: Json, convert: (value: unknown, key: string) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, convert(value, key)]));
}
