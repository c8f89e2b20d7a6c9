import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/root.ts';

const prefix = 'bellwether_';

describe('the metrics', () => {
  it('are those of the tables in the README of observability, each in its table', () => {
    const declared = globSync('{services,libs}/*/src/**/*.ts', { cwd: root })
      .filter((path) => !path.endsWith('.spec.ts'))
      .flatMap((path) => {
        const text = readFileSync(join(root, path), 'utf8');
        return [...text.matchAll(/'bellwether_([a-z_]+)'/g)].map(([, name]) => name ?? '');
      });
    const readme = readFileSync(join(root, 'libs/observability/README.md'), 'utf8');
    const rows = readme.slice(readme.indexOf('## Metrics')).split('\n');
    const shown = rows
      .filter((row) => row.startsWith('| `'))
      .flatMap((row) => row.split('|')[1]?.match(/`[a-z_]+(?=[{`])/g) ?? [])
      .map((name) => name.slice(1));
    expect(declared.length).toBeGreaterThan(50);
    expect(new Set(declared).size).toBe(declared.length);
    expect(shown.map((name) => prefix + name).toSorted()).toEqual(
      declared.map((name) => prefix + name).toSorted(),
    );
  });
});
