// Runs a suite of Google's client against the local cloud, and fails when a test that passed before does not any more.
//
//   node run.mjs NAME FOLDER FILE [--update]
//
// FOLDER holds your copy of the client's repository, with mocha installed and the suite compiled to FILE; NAME is that
// of the list beside this script. --update adds the tests that pass now to the list. Needs `tsc -b` of this package.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { startCloud } from '../dist/index.js';

const [name, folder, file, option] = process.argv.slice(2);
if (name === undefined || folder === undefined || file === undefined) {
  console.error('usage: node run.mjs NAME FOLDER FILE [--update]');
  process.exit(2);
}
const list = new URL(`${name}.json`, import.meta.url);
const expected = JSON.parse(await readFile(list, 'utf8'));

const cloud = await startCloud();
const { passes, failures } = await runMocha(cloud.environment);
await cloud.close();

const passed = new Set(passes.map(({ fullTitle }) => fullTitle));
const lost = expected.filter((title) => !passed.has(title));
for (const { fullTitle, err } of failures) console.log(`failed: ${fullTitle}: ${err.message}`);
for (const title of lost) console.log(`passed before: ${title}`);
console.log(`${passed.size} passed, ${failures.length} failed, ${lost.length} of them passed before`);
if (option === '--update') {
  const names = [...new Set([...expected, ...passed])].toSorted((a, b) => (a < b ? -1 : 1));
  await writeFile(list, `${JSON.stringify(names, undefined, 2)}\n`);
}
process.exitCode = lost.length > 0 ? 1 : 0;

function runMocha(environment) {
  const args = [
    'node_modules/mocha/bin/mocha.js',
    '--timeout',
    '60000',
    '--exit',
    '--reporter',
    'json',
    file,
  ];
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('close', () => resolve(JSON.parse(text.slice(text.indexOf('{\n')))));
  });
}
