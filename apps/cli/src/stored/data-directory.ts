import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../input-error.ts';

/** What each server of a local cloud keeps its data in. */
const kept = ['firestore', 'pubsub', 'bigquery', 'discord'];

/** @throws InputError where the directory is a file. */
export function checkDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new InputError(`--data-dir: ${path} is a file, not a folder`);
}

/**
 * Where in a data directory the cloud's data is.
 *
 * @throws InputError where there is something else: a cloud that is started over that would find nothing wrong, and leave
 *   its own data there.
 */
export function cloudFolderIn(path: string): string {
  checkDirectory(path);
  // `npm start` keeps its cloud in a folder of its data directory.
  const inside = join(path, 'cloud');
  const folder = existsSync(inside) ? inside : path;
  const found = readdirSync(folder);
  if (found.length > 0 && !found.some((name) => kept.includes(name)))
    throw new InputError(`--data-dir: in ${path} no local cloud keeps its data`);
  return folder;
}
