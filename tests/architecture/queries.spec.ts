import { queries } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/root.ts';

/** Google's client has these only for queries and aggregations. By document id a query needs no index. */
const asks = /\.(?:where|orderBy|collectionGroup|findNearest)\((?!'__name__')/g;
const builder = 'libs/store/src/queries/build-query.ts';
/** Shows that other queries are refused. */
const refused = 'libs/store/test/queries.int.spec.ts';
const sources = globSync('{services,apps,libs}/*/{src,test}/**/*.ts', { cwd: root })
  .filter((path) => !path.startsWith('libs/local-cloud/'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

describe('the query catalogue and the sources', () => {
  it('have no query that is built anywhere but from the catalogue', () => {
    const elsewhere = sources
      .filter(({ path }) => path !== builder && path !== refused)
      .flatMap(({ path, text }) => [...text.matchAll(asks)].map(([found]) => `${path}: ${found}`));
    expect(elsewhere).toEqual([]);
  });

  it('know the place where queries are built', () => {
    const text = sources.find(({ path }) => path === builder)?.text ?? '';
    expect(new Set(text.match(asks))).toEqual(new Set(['.where(', '.orderBy(', '.collectionGroup(']));
  });

  it('declare no query that nothing sends', () => {
    const sent = sources.filter(({ path }) => path.includes('/src/')).map(({ text }) => text);
    const unsent = Object.keys(queries).filter(
      (name) => !sent.some((text) => new RegExp(`\\bqueries\\.${name}\\b`).test(text)),
    );
    expect(unsent).toEqual([]);
  });
});
