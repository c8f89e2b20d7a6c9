// The `bellwether` command from a checkout: builds what changed, then runs it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
if (!existsSync(join(root, 'apps/cli/dist/main.js')))
  console.error('Building; the first time this takes about half a minute…');
const { status } = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status ?? 1);

process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/node'); // for the processes that it starts
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import('../apps/cli/dist/main.js');
