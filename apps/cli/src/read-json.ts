import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InputError } from './input-error.ts';
import { repeatedKey } from './repeated-key.ts';
import { userPath } from './processes/entry.ts';

/** What a file holds, or stdin for `-`. What that is, is in no message: it may be secret. @throws InputError */
export async function readJson(file: string): Promise<unknown> {
  return parseJson(file === '-' ? await text(process.stdin) : await contentOf(file), file);
}

/** @param example of one, for the message where it is none. @throws InputError */
export async function readJsonObject(file: string, example: string): Promise<Record<string, unknown>> {
  return jsonObjectOf(await readJson(file), file, example);
}

/**
 * @param name of what holds it, for messages.
 * @param isSecret where no message may show what it holds.
 * @throws InputError
 */
export function parseJson(content: string, name: string, { isSecret = true } = {}): unknown {
  const json = content.replace(/^\uFEFF/, ''); // as some editors begin a file
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    const [place = ''] = /\(line \d+ column \d+\)/.exec(String(error)) ?? [];
    throw new InputError(`${name}: is not JSON ${place}`.trimEnd(), isSecret ? {} : { cause: error });
  }
  const repeated = repeatedKey(json);
  if (repeated !== undefined)
    throw new InputError(`${name}: line ${repeated.line}: "${repeated.key}" is there twice`);
  return parsed;
}

/** @param name of what holds it, for messages. @throws InputError */
export function jsonObjectOf(json: unknown, name: string, example: string): Record<string, unknown> {
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
