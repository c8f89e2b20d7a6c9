import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../support/root.ts';

const Answer = z.object({ layers: z.record(z.string(), z.array(z.string())), problems: z.array(z.string()) });

describe('the layers', () => {
  const { stdout } = spawnSync(process.execPath, ['tools/check-boundaries.mjs', '--json'], { cwd: root });
  const { layers, problems } = Answer.parse(JSON.parse(stdout.toString()));

  it('are kept by every import, dependency and reference', () => {
    expect(problems).toEqual([]);
  });

  it('are the table of docs/ARCHITECTURE.md', () => {
    const text = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8');
    const table = /## Layers\n([\s\S]*?)\n\n[^|\n]/.exec(text)?.[1] ?? '';
    const rows = [...table.matchAll(/^\| ([a-z][a-z-]*) +\| (.+?) +\|$/gm)].filter(
      ([, layer]) => layer !== 'layer',
    );
    const written = rows.map(([, layer = '', names = '']) => [
      layer,
      names === 'nothing' ? [] : names.split(', '),
    ]);
    expect(Object.fromEntries(written)).toEqual(layers);
  });
});

describe('the domain', () => {
  it('reads no clock, no randomness and no environment', () => {
    const sources = globSync('libs/domain/src/**/*.ts', { cwd: root }).filter(
      (file) => !file.endsWith('.spec.ts'),
    );
    expect(sources.length).toBeGreaterThan(10);
    const impure =
      /\bDate\.now|\bnew Date\b|\bMath\.random|\bprocess\.|\bperformance\.|\bsetTimeout|\bfetch\(/;
    const found = sources.filter((file) => impure.test(readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });
});

describe('the specs', () => {
  it('are all run by a project', () => {
    const all = globSync('{libs,services,apps,tests,bench}/**/*.spec.ts', {
      cwd: root,
      exclude: ['**/node_modules/**', '**/dist/**'],
    });
    const isRun =
      /^((libs|services|apps)\/[^/]+|bench)\/(src|test)\/.*\.spec\.ts$|^tests\/(?!dist\/).*\.spec\.ts$/;
    expect(all.filter((file) => !isRun.test(file))).toEqual([]);
  });

  it('touch no I/O where they are unit specs', () => {
    const units = globSync('{{libs,services,apps}/*,bench}/src/**/*.spec.ts', { cwd: root });
    const touches =
      /from 'node:(fs|net|http|http2|child_process|dgram|tls)(\/promises)?'|startTestCloud|startCloud\(/;
    const found = units.filter((file) => touches.test(readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });
});
