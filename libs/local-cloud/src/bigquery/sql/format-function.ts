import { invalidQuery, unsupportedSql } from '../errors.ts';
import { castTo } from './cast.ts';
import { coerceTo } from './coercion.ts';
import type { FunctionCall } from './function-call.ts';
import { scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** FORMAT with a literal: `%s %t %d %i %x %X %o`, widths and zeros with numbers, `%'d`, and `%.2f`. */
export function formatText(call: FunctionCall): Typed {
  const [format, ...given] = call.args.map(call.value);
  if (format?.literal?.kind !== 'string') throw unsupportedSql('FORMAT with a text that is not a literal');
  const pieces: string[] = [];
  const pattern = /%(?:(%)|('?)(0?\d*)(?:\.(\d))?([a-zA-Z]))/g;
  let end = 0;
  let used = 0;
  for (const match of format.literal.text.matchAll(pattern)) {
    pieces.push(textLiteral(format.literal.text.slice(end, match.index)));
    end = match.index + match[0].length;
    if (match[1] === '%') {
      pieces.push(textLiteral('%'));
      continue;
    }
    const [, , grouped, width = '', digits, kind = ''] = match;
    const value = given[used];
    if (value === undefined) throw invalidQuery('Too few arguments to FORMAT for its pattern');
    used += 1;
    pieces.push(piece({ isGrouped: grouped === "'", width, digits, kind }, value));
  }
  const rest = format.literal.text.slice(end);
  if (rest.includes('%')) throw unsupportedSql(`The pattern ${rest} of FORMAT`);
  if (used < given.length) throw invalidQuery('Too many arguments to FORMAT for its pattern');
  pieces.push(textLiteral(rest));
  return typed('STRING', `(${pieces.join(' || ')})`);
}

const textLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

interface Specifier {
  readonly isGrouped: boolean;
  readonly width: string;
  readonly digits: string | undefined;
  readonly kind: string;
}

function piece({ isGrouped, width, digits, kind }: Specifier, value: Typed): string {
  const refused = unsupportedSql(`%${kind} with these options, or of ${value.type.base}, in FORMAT`);
  const isPlain = !isGrouped && width === '' && digits === undefined;
  switch (kind) {
    case 's':
      if (!isPlain) throw refused;
      return coerceTo(value, scalar('STRING'), 'FORMAT %s').sql;
    case 't':
      if (!isPlain || value.type.isArray) throw refused;
      return `COALESCE(${castTo(value, 'STRING', false).sql}, 'NULL')`;
    case 'd':
    case 'i': {
      if (digits !== undefined || (isGrouped && width !== '')) throw refused;
      const { sql } = coerceTo(value, scalar('INT64'), `FORMAT %${kind}`);
      return isGrouped ? `format('{:,}', ${sql})` : `printf('%${width}d', ${sql})`;
    }
    case 'f': {
      if (isGrouped || width !== '') throw refused;
      const places = digits ?? '6';
      if (value.type.base === 'BIGNUMERIC') throw refused;
      if (value.type.base === 'NUMERIC' && !value.type.isArray) {
        return `CAST(CAST(round(${value.sql}, ${places}) AS DECIMAL(38, ${places})) AS VARCHAR)`;
      }
      return `printf('%.${places}f', ${coerceTo(value, scalar('FLOAT64'), 'FORMAT %f').sql})`;
    }
    default:
      throw refused;
  }
}
