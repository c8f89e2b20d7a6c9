import { Id } from '@bellwether/contracts';
import { InputError } from '../input-error.ts';

/** @param what the text names, for the message. @throws InputError when it is no id. */
export function asId(what: string, text: string): string {
  const { data, error } = Id.safeParse(text);
  if (data === undefined) throw new InputError(`"${text}": the id of a ${what} ${error?.issues[0]?.message}`);
  return data;
}
