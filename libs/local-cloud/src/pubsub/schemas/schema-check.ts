import protobuf from 'protobufjs';
import { invalid } from '../status.ts';
import { v1 } from '../wire.ts';
import { parseAvro } from './avro-type.ts';
import { isAvroBinary, isAvroJson } from './avro-value.ts';

const json: number = v1.Encoding.JSON;
const binary: number = v1.Encoding.BINARY;

/** Whether a message's data conforms to a schema. */
export type SchemaCheck = (data: Uint8Array, encoding: number) => boolean;

const maxDefinitionBytes = 300 * 1024;

/** Throws INVALID_ARGUMENT with the reason when the definition is none of its type. */
export function compileSchema(type: unknown, definition: string): SchemaCheck {
  if (Buffer.byteLength(definition) > maxDefinitionBytes) {
    throw invalid(`The schema definition is longer than ${maxDefinitionBytes} bytes.`);
  }
  try {
    if (type === v1.Schema.Type.AVRO) return avroCheck(definition);
    if (type === v1.Schema.Type.PROTOCOL_BUFFER) return protobufCheck(definition);
  } catch (error) {
    throw invalid(`Invalid schema definition: ${error instanceof Error ? error.message : String(error)}.`);
  }
  throw invalid('The schema type must be AVRO or PROTOCOL_BUFFER.');
}

function avroCheck(definition: string): SchemaCheck {
  const type = parseAvro(definition);
  return (data, encoding) => {
    if (encoding === binary) return isAvroBinary(type, data);
    return encoding === json && isAvroJson(type, data);
  };
}

/** The definition has one message at its top; others are nested. */
function protobufCheck(definition: string): SchemaCheck {
  const { root, imports } = protobuf.parse(definition, { keepCase: true });
  if (imports?.length) throw new Error('imports are not allowed');
  root.resolveAll();
  const [type, ...others] = topTypes(root);
  if (type === undefined || others.length > 0) throw new Error('there must be one message at the top');
  return (data, encoding) => {
    try {
      if (encoding === binary) {
        type.decode(Uint8Array.from(data)); // of a Buffer, strings that end early would be taken
        return true;
      }
      const value = JSON.parse(Buffer.from(data).toString()) as unknown;
      return encoding === json && fits(type, value);
    } catch {
      return false;
    }
  };
}

function topTypes(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((nested) => {
    if (nested instanceof protobuf.Type) return [nested];
    return nested instanceof protobuf.Namespace ? topTypes(nested) : [];
  });
}

/** Whether the value is the message in proto3's JSON encoding: field names in either case, null for absent. */
function fits(type: protobuf.Type, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = new Map(
    type.fieldsArray.flatMap((field) => [
      [field.name, field],
      [protobuf.util.camelCase(field.name), field],
    ]),
  );
  return Object.entries(value).every(([name, item]: [string, unknown]) => {
    const field = fields.get(name);
    if (field === undefined) return false;
    if (item === null) return true;
    if (field instanceof protobuf.MapField) {
      return typeof item === 'object' && Object.values(item).every((one) => fitsField(field, one));
    }
    if (!field.repeated) return fitsField(field, item);
    return Array.isArray(item) && item.every((one) => fitsField(field, one));
  });
}

function fitsField({ type, resolvedType }: protobuf.Field, value: unknown): boolean {
  if (resolvedType instanceof protobuf.Type) return fits(resolvedType, value);
  if (resolvedType instanceof protobuf.Enum) {
    return typeof value === 'number' || Object.hasOwn(resolvedType.values, String(value));
  }
  switch (type) {
    case 'bool':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value);
    case 'float':
    case 'double':
      return isNumber(value) || ['NaN', 'Infinity', '-Infinity'].includes(String(value));
    default:
      return isNumber(value) && Number.isInteger(Number(value));
  }
}

/** JSON may write numbers as strings. */
function isNumber(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '' && Number.isFinite(Number(value));
  return typeof value === 'number';
}
