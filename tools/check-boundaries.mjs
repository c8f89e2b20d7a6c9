// Layer rules: a package imports only what its package.json declares, only layers below its own, and of
// another package only its index. `--json` prints the table and the violations. `docs/ARCHITECTURE.md` shows the same table; a spec compares the two.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** What each layer may import of ours. Specs may also import `testing` and `local-cloud`. */
export const layers = {
  domain: [],
  observability: [],
  contracts: ['domain'],
  store: ['domain', 'contracts', 'observability'],
  bus: ['domain', 'contracts', 'observability'],
  'local-cloud': ['contracts', 'observability'],
  testing: ['domain', 'contracts', 'store', 'bus', 'local-cloud'],
  service: ['domain', 'contracts', 'store', 'bus', 'observability'],
  app: ['domain', 'contracts', 'store', 'bus', 'observability', 'local-cloud', 'testing', 'service'],
  tests: ['domain', 'contracts', 'store', 'bus', 'observability', 'local-cloud', 'testing', 'service', 'app'],
  bench: ['domain', 'contracts', 'store', 'bus', 'observability', 'local-cloud', 'testing', 'service', 'app'],
};
const forSpecs = ['testing', 'local-cloud'];
const specFile = /\/test\/|\.(spec|contract|builder|fixture|fake|oracle|arbitrary)\.ts$/;
const testTools = /^@jest\/globals$|^@nestjs\/testing$/;

/** Every violation below `root`, as a line of text. */
export function findViolations(root) {
  const packages = globSync('{services,libs,apps}/*/package.json', { cwd: root })
    .concat('tests/package.json', 'bench/package.json')
    .map((file) => ({ dir: dirname(file), ...json(join(root, file)) }));
  const byName = new Map(packages.map((entry) => [entry.name, entry]));
  const problems = [];

  for (const entry of packages) {
    const layer = layerOf(entry);
    const allowed = layers[layer];
    if (allowed === undefined) {
      problems.push(`${entry.dir}: the tag "type:${layer}" is no layer`);
      continue;
    }
    const ours = (names) => Object.keys(names ?? {}).filter((name) => byName.has(name));
    const declared = new Set(Object.keys({ ...entry.dependencies, ...entry.devDependencies }));
    for (const name of ours(entry.dependencies)) {
      if (!allowed.includes(layerOf(byName.get(name))))
        problems.push(`${entry.name} may not depend on ${name}`);
    }
    for (const name of ours(entry.devDependencies)) {
      if (![...allowed, ...forSpecs].includes(layerOf(byName.get(name))))
        problems.push(`${entry.name} may not use ${name} in its specs`);
    }
    const references = (json(join(root, entry.dir, 'tsconfig.json')).references ?? []).map(({ path }) =>
      join(entry.dir, path),
    );
    const expected = ours(entry.dependencies).map((name) => byName.get(name).dir);
    for (const dir of new Set(references).symmetricDifference(new Set(expected))) {
      problems.push(
        `${entry.dir}: the references of tsconfig.json and the dependencies of package.json differ in ${dir}`,
      );
    }
    for (const file of globSync(`${entry.dir}/**/*.ts`, {
      cwd: root,
      exclude: ['**/node_modules/**', '**/dist/**'],
    })) {
      const isSpec = layer === 'tests' || specFile.test(file);
      const source = readFileSync(join(root, file), 'utf8');
      for (const specifier of specifiersIn(source)) {
        if (specifier.startsWith('.')) {
          const target = relative(
            entry.dir,
            resolve(root, dirname(file), specifier).slice(resolve(root).length + 1),
          );
          if (target.startsWith('..')) problems.push(`${file} leaves its package: ${specifier}`);
          continue;
        }
        if (specifier.startsWith('node:')) {
          if (layer === 'domain') problems.push(`${file} does I/O or reads the environment: ${specifier}`);
          continue;
        }
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        if (byName.has(name) && specifier !== name)
          problems.push(`${file} reaches into ${name}: ${specifier}`);
        if (isSpec ? testTools.test(name) || declared.has(name) : name in (entry.dependencies ?? {}))
          continue;
        problems.push(`${file} imports ${name}, which ${entry.dir}/package.json does not declare for it`);
      }
    }
  }
  return problems;
}

function layerOf(entry) {
  return entry.nx?.tags?.find((tag) => tag.startsWith('type:'))?.slice(5);
}

function specifiersIn(source) {
  const statements = /^(?:import\b(?:[^'"`;]*?\bfrom)?|export\b[^'"`;]*?\bfrom)\s*['"]([^'"\n]+)['"]/gm;
  const calls = /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g;
  return [...source.matchAll(statements), ...source.matchAll(calls)].map(([, specifier]) => specifier);
}

if (import.meta.main) {
  const problems = findViolations(join(import.meta.dirname, '..'));
  if (process.argv.includes('--json')) console.log(JSON.stringify({ layers, problems }));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
