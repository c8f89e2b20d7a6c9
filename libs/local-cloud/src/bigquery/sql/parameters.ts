import { columnTypeOf } from '../catalogue/column.ts';
import type { ColumnType } from '../catalogue/column.ts';
import { invalid, invalidQuery } from '../errors.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { readScalar } from '../values/json-row.ts';
import type { Parameters } from './context.ts';
import { literalSql, nullLiteral, numberLiteral, stringLiteral } from './literal.ts';
import { duckType, typed } from './type.ts';
import type { Typed } from './type.ts';

/** The values of a request's parameters, each a literal of its declared type. */
export function readParameters(queryParameters: unknown): Parameters {
  const values = listOf(queryParameters)
    .map(objectOf)
    .map((parameter) => ({
      name: textOf(parameter['name'])?.toLowerCase() ?? '',
      value: readValue(parameter),
    }));
  let position = 0;
  return {
    named(name) {
      const found = values.find((parameter) => parameter.name === name.toLowerCase());
      if (found === undefined) throw invalidQuery(`Query parameter '${name}' not found`);
      return found.value;
    },
    next() {
      const found = values[position];
      position += 1;
      if (found === undefined || found.name !== '') {
        throw invalidQuery(`Query parameter number ${position} is not defined (${values.length} provided)`);
      }
      return found.value;
    },
  };
}

function readValue(parameter: JsonObject): Typed {
  const where = textOf(parameter['name']) ?? 'positional';
  const { type, arrayType } = objectOf(parameter['parameterType']);
  const { value, arrayValues } = objectOf(parameter['parameterValue']);
  if (type !== 'ARRAY') return scalarValue(type, value, where);
  const elementType = objectOf(arrayType)['type'];
  const items = listOf(arrayValues).map((item) => scalarValue(elementType, objectOf(item)['value'], where));
  const arrayOf = { base: readType(elementType, where), isArray: true };
  return {
    sql: `CAST([${items.map(({ sql }) => sql).join(', ')}] AS ${duckType(arrayOf)})`,
    type: arrayOf,
    items,
  };
}

function readType(name: unknown, where: string): ColumnType {
  const type = columnTypeOf(textOf(name) ?? '');
  if (type === undefined)
    throw invalid(`Query parameter ${where}: type ${String(name)} is not supported by the local BigQuery`);
  return type;
}

function scalarValue(typeName: unknown, value: unknown, where: string): Typed {
  const type = readType(typeName, where);
  if (value == null) {
    const { sql, type: nullType } = nullLiteral(type);
    return { sql, type: nullType };
  }
  const read = readScalar(type, value);
  if (read === undefined)
    throw invalid(`Invalid value for query parameter ${where}: ${JSON.stringify(value)} is not a ${type}`);
  if (type === 'STRING') return stringLiteral(String(read));
  return type === 'INT64' ? numberLiteral(String(read)) : typed(type, literalSql(type, read));
}
