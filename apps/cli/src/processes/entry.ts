import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The compiled programs that child processes run. */
export const cliEntry = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export const projectRoot = fileURLToPath(new URL('../../../../', import.meta.url));

export function serviceEntry(name: string): string {
  // The pulse is a process of its own and part of the ledger's code.
  const path = name === 'pulse' ? 'ledger/dist/pulse/main.js' : `${name}/dist/main.js`;
  return fileURLToPath(new URL(`../../../../services/${path}`, import.meta.url));
}

/** A path as the user gave it, from where the user is: npm runs scripts in the project's root. */
export function userPath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** The index file that production and the local cloud share. */
export const indexesFile = fileURLToPath(new URL('../../../../firestore.indexes.json', import.meta.url));
