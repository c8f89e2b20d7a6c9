import { invalidQuery, unsupportedSql } from '../errors.ts';
import { coerceTo } from './coercion.ts';
import type { FunctionCall, FunctionTranslator } from './function-call.ts';
import { fieldOf } from './struct.ts';
import { arrayOf, elementOf, noSignature, requireBase, scalar, typed } from './type.ts';
import type { SqlType, Typed } from './type.ts';

/** Functions that read JSON, and that write it. */
export const jsonFunctions: readonly (readonly [string, FunctionTranslator])[] = [
  ['JSON_VALUE', (call) => valueAt(call)],
  ['JSON_EXTRACT_SCALAR', (call) => valueAt(call)],
  ['JSON_QUERY', (call) => documentAt(call)],
  ['JSON_EXTRACT', (call) => documentAt(call)],
  ['JSON_VALUE_ARRAY', (call) => elementsAt(call, 'values')],
  ['JSON_EXTRACT_STRING_ARRAY', (call) => elementsAt(call, 'values')],
  ['JSON_QUERY_ARRAY', (call) => elementsAt(call, 'documents')],
  ['JSON_EXTRACT_ARRAY', (call) => elementsAt(call, 'documents')],
  ['PARSE_JSON', parseJson],
  ['TO_JSON_STRING', toJsonString],
  ['JSON_TYPE', (call) => typed('STRING', `bq_json_type(${json(call)})`)],
  ['INT64', (call) => jsonScalar(call, 'INT64')],
  ['FLOAT64', (call) => jsonScalar(call, 'FLOAT64')],
  ['BOOL', (call) => jsonScalar(call, 'BOOL')],
];

/** The document as text, and a path of plain names and positions. */
function jsonPath({ name, args, value }: FunctionCall): { document: Typed; path: string } {
  const [document, path, ...more] = args.map(value);
  if (document === undefined || more.length > 0) throw invalidQuery(`${name} takes one or two arguments`);
  if (document.type.isArray || !['STRING', 'JSON'].includes(document.type.base)) {
    throw noSignature(`function ${name}`, [document]);
  }
  const written = path === undefined ? '$' : path.literal?.kind === 'string' ? path.literal.text : undefined;
  if (written === undefined || !/^\$(?:\.[A-Za-z_]\w*|\[\d+\])*$/.test(written)) {
    throw unsupportedSql(`This path of ${name}`);
  }
  return { document, path: `'${written}'` };
}

function valueAt(call: FunctionCall): Typed {
  const { document, path } = jsonPath(call);
  return typed('STRING', `bq_json_value(${document.sql}, ${path})`);
}

/** JSON keeps its type, text stays text. */
function documentAt(call: FunctionCall): Typed {
  const { document, path } = jsonPath(call);
  return typed(document.type.base, `bq_json_query(${document.sql}, ${path})`);
}

/** NULL where there is no array, and where an element of the wanted scalars is none. */
function elementsAt(call: FunctionCall, wanted: 'values' | 'documents'): Typed {
  const { document, path } = jsonPath(call);
  const type = arrayOf(scalar(wanted === 'values' ? 'STRING' : document.type.base));
  return { sql: `bq_json_${wanted}(${document.sql}, ${path})`, type };
}

function parseJson({ name, args, value }: FunctionCall): Typed {
  const [text, ...more] = args.map(value);
  if (text === undefined || more.length > 0) throw invalidQuery(`${name} takes one argument`);
  return typed('JSON', `bq_parse_json(${coerceTo(text, scalar('STRING'), name).sql})`);
}

function json({ name, args, value }: FunctionCall): string {
  const [document, ...more] = args.map(value);
  if (document === undefined || more.length > 0) throw invalidQuery(`${name} takes one argument`);
  return requireBase(document, ['JSON'], `function ${name}`).sql;
}

/** The scalar that a JSON value is; another kind of value is an error. */
export const jsonScalar = (call: FunctionCall, type: 'INT64' | 'FLOAT64' | 'BOOL' | 'STRING'): Typed =>
  typed(type, `bq_json_${type.toLowerCase()}(${json(call)})`);

function toJsonString({ name, args, value }: FunctionCall): Typed {
  const [given, ...more] = args.map(value);
  if (given === undefined || more.length > 0) throw unsupportedSql(`${name} with pretty printing`);
  return typed('STRING', jsonText(given.sql, given.type));
}

const orNull = (text: string): string => `COALESCE(${text}, 'null')`;

/** The JSON text of a value. INT64 beyond what a FLOAT64 holds exactly is written as text. */
function jsonText(sql: string, type: SqlType, depth = 0): string {
  if (type.isArray) {
    const element = `v${depth}`;
    const items = `list_transform(${sql}, lambda ${element}: ${jsonText(element, elementOf(type), depth + 1)})`;
    return orNull(`'[' || array_to_string(${items}, ',') || ']'`);
  }
  switch (type.base) {
    case 'BOOL':
      return orNull(`CAST(${sql} AS VARCHAR)`);
    case 'INT64':
      return orNull(`bq_json_of_int(${sql})`);
    case 'FLOAT64':
      return orNull(`bq_float_text(${sql})`);
    case 'STRING':
      return orNull(`CAST(to_json(${sql}) AS VARCHAR)`);
    case 'DATE':
      return orNull(`'"' || CAST(${sql} AS VARCHAR) || '"'`);
    case 'JSON':
      return orNull(sql);
    case 'STRUCT': {
      const members = (type.fields ?? []).map(({ name }) => {
        const member = fieldOf({ sql, type }, name);
        return `'${JSON.stringify(name).replaceAll("'", "''")}:' || ${jsonText(member.sql, member.type, depth)}`;
      });
      return `CASE WHEN ${sql} IS NULL THEN 'null' ELSE '{' || ${members.join(` || ',' || `)} || '}' END`;
    }
    case 'BYTES':
    case 'NUMERIC':
    case 'BIGNUMERIC':
    case 'TIMESTAMP':
    case 'DATETIME':
    case 'TIME':
    case 'GEOGRAPHY':
    case 'RANGE':
      throw unsupportedSql(`TO_JSON_STRING of ${type.base}`);
  }
}
