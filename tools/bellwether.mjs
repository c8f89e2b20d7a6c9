// The `bellwether` command from a checkout: builds what changed, then runs it.
import { spawnSync } from 'node:child_process';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status ?? 1);

process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/node'); // for the processes that it starts
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import('../apps/cli/dist/main.js');
