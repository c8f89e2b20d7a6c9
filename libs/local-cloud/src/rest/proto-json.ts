import protobuf from 'protobufjs';
import { isObject } from './json-body.ts';
import type { JsonObject } from './json-body.ts';
import { wellKnown } from './well-known-json.ts';

/** JSON that is not the message's: names the field and the reason in the words of Google's APIs. */
export class ProtoJsonError extends Error {
  override readonly name = 'ProtoJsonError';
}

/** The JSON mapping of proto3, from JSON to the message on the wire. @throws ProtoJsonError */
export function encodeJson(type: protobuf.Type, json: unknown): Buffer {
  const bytes = type.encode(type.fromObject(readMessage(type, json, ''))).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The JSON mapping of proto3, from the wire to JSON. Fields with their default value are left out. */
export function decodeJson(type: protobuf.Type, bytes: Uint8Array): unknown {
  return showMessage(
    type,
    type.toObject(type.decode(bytes), { longs: String, enums: String, bytes: String }),
  );
}

function readMessage(type: protobuf.Type, json: unknown, at: string): object {
  const known = wellKnown(type.fullName);
  if (known !== undefined) {
    const read = known.read(json);
    if (read === undefined) throw badValue(at, type.fullName.slice(1), json);
    return read;
  }
  if (!isObject(json)) throw badValue(at, type.fullName.slice(1), json);
  const message: Record<string, unknown> = {};
  const taken = new Set<protobuf.OneOf>();
  for (const [name, value] of Object.entries(json)) {
    const field = fieldOf(type, name);
    if (field === undefined) throw unknownName(name, at);
    if (value === null) continue;
    const oneof = field.partOf;
    if (oneof !== null && taken.has(oneof)) throw oneofTaken(at, oneof.name, name);
    if (oneof !== null) taken.add(oneof);
    message[field.name] = readField(field.resolve(), value, at === '' ? name : `${at}.${name}`);
  }
  return message;
}

function readField(field: protobuf.Field, value: unknown, at: string): unknown {
  if (field instanceof protobuf.MapField) {
    if (!isObject(value)) throw badValue(at, 'map', value);
    return mapValues(value, (inner, key) => readSingle(field, inner, `${at}[${key}]`));
  }
  if (!field.repeated) return readSingle(field, value, at);
  if (!Array.isArray(value)) throw badValue(at, 'list', value);
  return value.map((inner: unknown, index) => readSingle(field, inner, `${at}[${index}]`));
}

function readSingle(field: protobuf.Field, value: unknown, at: string): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return readMessage(resolvedType, value, at);
  const read = resolvedType === null ? readScalar(field.type, value) : readEnum(resolvedType, value);
  if (read === undefined) throw badValue(at, resolvedType?.fullName.slice(1) ?? field.type, value);
  return read;
}

function readEnum(type: protobuf.Enum, value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? type.values[value] : undefined;
}

/** Undefined when `value` is none. Numbers and booleans may be texts, as they are in a query. */
function readScalar(type: string, value: unknown): unknown {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'bool':
      if (value === 'true' || value === 'false') return value === 'true';
      return typeof value === 'boolean' ? value : undefined;
    case 'bytes':
      return typeof value === 'string' && base64.test(value) ? Buffer.from(value, 'base64') : undefined;
    case 'double':
    case 'float':
      return readDouble(value);
    default:
      return readInteger(type, value);
  }
}

/** Standard or for URLs, padded or not. */
const base64 = /^[\w+/-]*={0,2}$/;

function readDouble(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) && value !== 'NaN' ? undefined : number;
}

const ranges: Readonly<Record<string, readonly [min: bigint, max: bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

function readInteger(type: string, value: unknown): number | string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d+$/.test(text)) return undefined;
  const [min, max] = ranges[type] ?? [0n, 0n];
  const integer = BigInt(text);
  if (integer < min || integer > max) return undefined;
  return type.endsWith('64') ? text : Number(text);
}

function showMessage(type: protobuf.Type, message: JsonObject): unknown {
  const known = wellKnown(type.fullName);
  if (known !== undefined) return known.show(message);
  const json: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    if (value != null && !isDefault(field.resolve(), value)) json[field.name] = showField(field, value);
  }
  return json;
}

function showField(field: protobuf.Field, value: unknown): unknown {
  if (field instanceof protobuf.MapField)
    return isObject(value) ? mapValues(value, (inner) => showSingle(field, inner)) : {};
  return Array.isArray(value)
    ? value.map((inner: unknown) => showSingle(field, inner))
    : showSingle(field, value);
}

function showSingle({ resolvedType }: protobuf.Field, value: unknown): unknown {
  if (resolvedType instanceof protobuf.Type && isObject(value)) return showMessage(resolvedType, value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Members of a oneof say something even with their default. */
function isDefault(field: protobuf.Field, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (field instanceof protobuf.MapField) return isObject(value) && Object.keys(value).length === 0;
  if (field.partOf !== null) return false;
  if (field.resolvedType instanceof protobuf.Enum) return value === field.resolvedType.valuesById[0];
  return value === 0 || value === '' || value === false || (value === '0' && field.type.endsWith('64'));
}

function badValue(at: string, type: string, value: unknown): ProtoJsonError {
  return new ProtoJsonError(`Invalid value at '${at}' (${type}), ${JSON.stringify(value)}`);
}

function unknownName(name: string, at: string): ProtoJsonError {
  const where = at === '' ? '' : ` at '${at}'`;
  return new ProtoJsonError(
    `Invalid JSON payload received. Unknown name ${JSON.stringify(name)}${where}: Cannot find field.`,
  );
}

function oneofTaken(at: string, oneof: string, name: string): ProtoJsonError {
  return new ProtoJsonError(
    `Invalid value at '${at}' (oneof), oneof field '${oneof}' is already set. Cannot set '${name}'`,
  );
}

/** By its JSON name or the one in the proto file. */
export function fieldOf({ fields }: protobuf.Type, name: string): protobuf.Field | undefined {
  const camelCase = name.replaceAll(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(fields, camelCase) ? fields[camelCase] : undefined;
}

function mapValues(object: JsonObject, convert: (value: unknown, key: string) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, convert(value, key)]));
}
