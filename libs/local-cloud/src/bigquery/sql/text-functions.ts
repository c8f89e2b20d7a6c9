import { invalidQuery, unsupportedSql } from '../errors.ts';
import { coerceTo } from './coercion.ts';
import type { FunctionCall, FunctionTranslator } from './function-call.ts';
import { arrayOf, requireBase, scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** Functions on text that DuckDB has with the same meaning, and regular expressions (both are RE2). */
export const textFunctions: readonly (readonly [string, FunctionTranslator])[] = [
  ['TRIM', (call) => trim(call, 'trim')],
  ['LTRIM', (call) => trim(call, 'ltrim')],
  ['RTRIM', (call) => trim(call, 'rtrim')],
  ['REPLACE', replace],
  ['REVERSE', (call) => typed('STRING', `reverse(${texts(call, 1).join('')})`)],
  ['INSTR', (call) => typed('INT64', `strpos(${texts(call, 2).join(', ')})`)],
  ['STRPOS', (call) => typed('INT64', `strpos(${texts(call, 2).join(', ')})`)],
  ['LEFT', (call) => edge(call, 'left')],
  ['RIGHT', (call) => edge(call, 'right')],
  ['LPAD', (call) => pad(call, 'bq_lpad')],
  ['RPAD', (call) => pad(call, 'bq_rpad')],
  ['REPEAT', (call) => edge(call, 'repeat')],
  ['SPLIT', split],
  ['TO_HEX', (call) => typed('STRING', `lower(hex(${bytes(call)}))`)],
  ['TO_BASE64', (call) => typed('STRING', `to_base64(${bytes(call)})`)],
  ['MD5', (call) => typed('BYTES', `from_hex(md5(${texts(call, 1).join('')}))`)],
  ['SHA256', (call) => typed('BYTES', `from_hex(sha256(${texts(call, 1).join('')}))`)],
  ['REGEXP_CONTAINS', (call) => typed('BOOL', `regexp_matches(${pattern(call).slice(0, 2).join(', ')})`)],
  ['REGEXP_EXTRACT', extract],
  ['REGEXP_REPLACE', regexpReplace],
  ['REGEXP_EXTRACT_ALL', extractAll],
  ['TRANSLATE', (call) => typed('STRING', `translate(${texts(call, 3).join(', ')})`)],
  ['FROM_HEX', (call) => typed('BYTES', `from_hex(${texts(call, 1).join('')})`)],
  ['FROM_BASE64', (call) => typed('BYTES', `from_base64(${texts(call, 1).join('')})`)],
  ['BYTE_LENGTH', (call) => typed('INT64', `CAST(strlen(${texts(call, 1).join('')}) AS BIGINT)`)],
  ['OCTET_LENGTH', (call) => typed('INT64', `CAST(strlen(${texts(call, 1).join('')}) AS BIGINT)`)],
];

function texts(call: FunctionCall, least: number, most = least): string[] {
  const { name, args, value } = call;
  if (args.length < least || args.length > most) {
    throw invalidQuery(`No matching signature for function ${name}: wrong number of arguments`);
  }
  return args.map((arg) => coerceTo(value(arg), scalar('STRING'), `function ${name}`).sql);
}

function bytes({ name, args, value }: FunctionCall): string {
  const [first, ...more] = args.map(value);
  if (first === undefined || more.length > 0) throw invalidQuery(`${name} takes one argument`);
  return requireBase(first, ['BYTES'], `function ${name}`).sql;
}

/** Without a set of characters all white space goes. */
function trim(call: FunctionCall, core: string): Typed {
  const [text = '', characters] = texts(call, 1, 2);
  return typed('STRING', `${core}(${text}, ${characters ?? 'bq_white_space()'})`);
}

/** An empty search text leaves all as it is. */
function replace(call: FunctionCall): Typed {
  const [text = '', from = '', to = ''] = texts(call, 3);
  return typed('STRING', `CASE WHEN ${from} = '' THEN ${text} ELSE replace(${text}, ${from}, ${to}) END`);
}

function textAndCount({ name, args, value }: FunctionCall): [string, string] {
  const [text, count] = args.map(value);
  if (text === undefined || count === undefined) throw invalidQuery(`${name} takes a text and a number`);
  return [
    coerceTo(text, scalar('STRING'), `function ${name}`).sql,
    coerceTo(count, scalar('INT64'), `function ${name}`).sql,
  ];
}

function edge(call: FunctionCall, core: string): Typed {
  if (call.args.length !== 2) throw invalidQuery(`${call.name} takes two arguments`);
  const [text, count] = textAndCount(call);
  return typed('STRING', `bq_counted(${core}(${text}, greatest(${count}, 0)), ${count})`);
}

function pad(call: FunctionCall, macro: string): Typed {
  const [text, count] = textAndCount(call);
  const [, , filler, ...more] = call.args;
  if (more.length > 0) throw invalidQuery(`${call.name} takes two or three arguments`);
  const fill = filler === undefined ? `' '` : coerceTo(call.value(filler), scalar('STRING'), call.name).sql;
  return typed('STRING', `${macro}(${text}, ${count}, ${fill})`);
}

function split(call: FunctionCall): Typed {
  const [text = '', delimiter = `','`] = texts(call, 1, 2);
  return { sql: `string_split(${text}, ${delimiter})`, type: arrayOf(scalar('STRING')) };
}

/** The text, and a pattern that is known as the statement is read. */
function pattern(call: FunctionCall, most = 2): [string, string, string] {
  const [text = '', regexp = ''] = texts(call, 2, most);
  const node = call.args[1];
  const literal = node === undefined ? undefined : call.value(node).literal;
  if (literal?.kind !== 'string') throw unsupportedSql(`${call.name} with a pattern that is not a literal`);
  return [text, regexp, literal.text];
}

const groupsOf = (regexp: string): number => [...regexp.matchAll(/(?<!\\)\((?!\?)|\(\?P</g)].length;

/** The number of the group to extract, 0 for the whole. */
function groupOf(call: FunctionCall, written: string): number {
  const groups = groupsOf(written);
  if (groups > 1)
    throw invalidQuery(`Regular expression passed to ${call.name} must not have more than 1 capturing group`);
  if (groups > 0 && /\)[?*{]|\||\[[^\]]*\(/.test(written))
    throw unsupportedSql('A capturing group that may be absent');
  return groups;
}

function extractAll(call: FunctionCall): Typed {
  const [text, regexp, written] = pattern(call);
  const group = groupOf(call, written);
  return { sql: `regexp_extract_all(${text}, ${regexp}, ${group})`, type: arrayOf(scalar('STRING')) };
}

function extract(call: FunctionCall): Typed {
  const [text, regexp, written] = pattern(call);
  const groups = groupOf(call, written);
  return typed(
    'STRING',
    `CASE WHEN regexp_matches(${text}, ${regexp}) THEN regexp_extract(${text}, ${regexp}, ${groups}) END`,
  );
}

function regexpReplace(call: FunctionCall): Typed {
  const [text, regexp] = pattern(call, 3);
  const [, , replacement = ''] = texts(call, 3);
  return typed('STRING', `regexp_replace(${text}, ${regexp}, ${replacement}, 'g')`);
}
