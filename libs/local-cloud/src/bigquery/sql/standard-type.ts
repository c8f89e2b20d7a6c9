import { columnTypeOf } from '../catalogue/column.ts';
import { invalid } from '../errors.ts';
import { listOf, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { arrayOf, elementOf, scalar } from './type.ts';
import type { SqlType } from './type.ts';

/** Reads a StandardSqlDataType, as routines declare their types. */
export function readStandardType(given: unknown): SqlType {
  const { typeKind, arrayElementType, structType } = objectOf(given);
  if (typeKind === 'ARRAY') return arrayOf(readStandardType(arrayElementType));
  if (typeKind === 'STRUCT') {
    const fields = listOf(objectOf(structType)['fields']).map((field) => {
      const { name, type } = objectOf(field);
      return { name: String(name), type: readStandardType(type) };
    });
    return { base: 'STRUCT', isArray: false, fields };
  }
  const base = columnTypeOf(String(typeKind));
  if (base === undefined || base === 'STRUCT' || base === 'RANGE') {
    throw invalid(`The type ${String(typeKind)} is not supported by the local BigQuery`);
  }
  return scalar(base);
}

export function toStandardType(type: SqlType): JsonObject {
  if (type.isArray) return { typeKind: 'ARRAY', arrayElementType: toStandardType(elementOf(type)) };
  if (type.fields === undefined) return { typeKind: type.base };
  const fields = type.fields.map((field) => ({ name: field.name, type: toStandardType(field.type) }));
  return { typeKind: 'STRUCT', structType: { fields } };
}
