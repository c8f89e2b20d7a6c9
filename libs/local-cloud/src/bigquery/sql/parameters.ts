import { boundsOf, columnTypeOf } from '../catalogue/column.ts';
import type { ColumnType } from '../catalogue/column.ts';
import { invalid, invalidQuery } from '../errors.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { readScalar } from '../values/json-row.ts';
import { readRange } from '../values/range.ts';
import { arrayLiteral } from './array.ts';
import { isRepeated, isStruct } from '../values/cell.ts';
import type { Parameters } from './context.ts';
import { literalSql, nullLiteral, numberLiteral, stringLiteral } from './literal.ts';
import { structOf } from './struct.ts';
import { arrayOf, duckType, scalar, typed, typeOfColumn, typeText } from './type.ts';
import type { SqlType, Typed } from './type.ts';

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
  return typedValue(objectOf(parameter['parameterType']), objectOf(parameter['parameterValue']), where);
}

function typedValue(type: JsonObject, given: JsonObject, where: string): Typed {
  if (type['type'] === 'ARRAY') {
    const element = objectOf(type['arrayType']);
    const items = listOf(given['arrayValues']).map((item) => typedValue(element, objectOf(item), where));
    return arrayLiteral(items, readSqlType(element, where));
  }
  if (type['type'] === 'STRUCT' || type['type'] === 'RECORD') {
    const values = objectOf(given['structValues']);
    return structOf(
      listOf(type['structTypes']).map((raw) => {
        const member = objectOf(raw);
        const name = textOf(member['name']) ?? '';
        return {
          name,
          value: typedValue(objectOf(member['type']), objectOf(values[name]), `${where}.${name}`),
        };
      }),
    );
  }
  if (type['type'] === 'RANGE') return rangeValue(type, given['rangeValue'], where);
  return scalarValue(type['type'], given['value'], where);
}

function readSqlType(type: JsonObject, where: string): SqlType {
  const base = readType(type['type'], where);
  if (base === 'RANGE') return readRangeType(type, where);
  if (base !== 'STRUCT') return scalar(base);
  const fields = listOf(type['structTypes']).map((raw) => {
    const member = objectOf(raw);
    const memberType = objectOf(member['type']);
    const isArray = memberType['type'] === 'ARRAY';
    const inner = readSqlType(isArray ? objectOf(memberType['arrayType']) : memberType, where);
    return { name: textOf(member['name']) ?? '', type: isArray ? arrayOf(inner) : inner };
  });
  return { base, isArray: false, fields };
}

function readType(name: unknown, where: string): ColumnType {
  const type = columnTypeOf(textOf(name) ?? '');
  if (type === undefined)
    throw invalid(`Query parameter ${where}: type ${String(name)} is not supported by the local BigQuery`);
  return type;
}

function readRangeType(type: JsonObject, where: string): SqlType {
  const fields = boundsOf(objectOf(type['rangeElementType'])['type']);
  if (fields === undefined) {
    throw invalid(
      `Query parameter ${where}: a RANGE needs a rangeElementType of DATE, DATETIME or TIMESTAMP`,
    );
  }
  return typeOfColumn({ type: 'RANGE', mode: 'NULLABLE', fields });
}

/** The bounds come as parameter values of their own: `{start: {value}, end: {value}}`. */
function rangeValue(declared: JsonObject, given: unknown, where: string): Typed {
  const type = readRangeType(declared, where);
  if (given == null) return { sql: `CAST(NULL AS ${duckType(type)})`, type, literal: { kind: 'null' } };
  const bounds = objectOf(given);
  const [start, end] = ['start', 'end'].map((bound) => objectOf(bounds[bound])['value']);
  const base = type.fields?.[0]?.type.base ?? 'DATE';
  const read = readRange({ start, end }, (bound) => readScalar(base, bound));
  if (read === undefined) {
    throw invalid(
      `Invalid value for query parameter ${where}: ${JSON.stringify(given)} is not a ${typeText(type)}`,
    );
  }
  const parts = read.fields.map((cell) =>
    cell === null || isRepeated(cell) ? nullLiteral(base).sql : literalSql(base, cell),
  );
  return { sql: `{'start': ${parts[0]}, 'end': ${parts[1]}}`, type };
}

function scalarValue(typeName: unknown, value: unknown, where: string): Typed {
  const type = readType(typeName, where);
  if (value == null) {
    const { sql, type: nullType } = nullLiteral(type);
    return { sql, type: nullType };
  }
  const read = readScalar(type, value);
  if (read === undefined || isStruct(read))
    throw invalid(`Invalid value for query parameter ${where}: ${JSON.stringify(value)} is not a ${type}`);
  if (type === 'STRING') return stringLiteral(String(read));
  return type === 'INT64' ? numberLiteral(String(read)) : typed(type, literalSql(type, read));
}
