import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InputError } from './input-error.ts';
import { userPath } from './processes/entry.ts';

/**
 * The JSON object of a file, or of stdin for `-`. What it holds is in no message.
 *
 * @param example of one, for the message where it is none.
 * @throws InputError
 */
export async function readJsonObject(file: string, example: string): Promise<Record<string, unknown>> {
  return jsonObjectOf(file === '-' ? await text(process.stdin) : await contentOf(file), file, example);
}

/** @param name of the file, for messages. */
export function jsonObjectOf(content: string, name: string, example: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw new InputError(`${name}: is not JSON`); // what the parser says may hold a secret
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new InputError(`${name}: must be one JSON object, like ${example}`);
  return { ...json };
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(userPath(file), 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read`, { cause: error });
  }
}
