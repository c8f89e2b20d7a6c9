import { InputError } from './input-error.ts';

/** What is given, or stored, is none: a line for each of its problems. */
export function notA(what: string, name: string, problems: string): InputError {
  return new InputError(
    [`${name}: is no ${what}`, ...problems.split('\n').map((line) => `  ${line}`)].join('\n'),
  );
}
