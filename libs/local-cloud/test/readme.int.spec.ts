import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

it('runs as the README shows it', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--import', './typescript-hook.mjs', '--input-type=module', '--eval', example],
    { cwd: import.meta.dirname, env: { PATH: process.env['PATH'] } },
  );
  expect(stdout).toBe('Ada 1\n');
});
