import { globSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBenchmark } from './benchmark.ts';
import type { AnyBenchmark } from './benchmark.ts';

/** A declared benchmark under the name of its file, and of its variant when it has one. */
export interface Entry {
  readonly name: string;
  readonly benchmark: AnyBenchmark;
}

const root = join(import.meta.dirname, '..');

/** Everything that a `*.bench` file declares, by name. Throws when a file declares none, or two have the same name. */
export async function readCatalogue(): Promise<readonly Entry[]> {
  const files = globSync('**/*.bench.js', { cwd: root }).toSorted();
  const entries = (await Promise.all(files.map(readEntries))).flat();
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two benchmarks are named ${twice}`);
  return entries;
}

async function readEntries(file: string): Promise<Entry[]> {
  const loaded: unknown = await import(pathToFileURL(join(root, file)).href);
  const exported = typeof loaded === 'object' && loaded !== null && 'default' in loaded && loaded.default;
  const declared = [exported].flat();
  if (!declared.every(isBenchmark)) throw new Error(`${file}: its default export is no benchmark`);
  return declared.map((benchmark) => ({ name: nameOf(file, benchmark.variant), benchmark }));
}

function nameOf(file: string, variant: string | undefined): string {
  const path = file.slice(0, -'.bench.js'.length).split(sep).join('/');
  return variant === undefined ? path : `${path}:${variant}`;
}
