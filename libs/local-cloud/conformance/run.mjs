// Runs a suite of Google's client against the local cloud, and fails when a test that passed before does not any more.
// README.md beside this file says how to get the suites.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCloud } from '../dist/index.js';

const usage = `usage: node run.mjs SUITE FOLDER FILE [--update]

Starts a local cloud in memory, runs FILE with the mocha of FOLDER against it, and compares what passed with SUITE.json
beside this script. Exits with 1 when a test of the list did not pass.

  SUITE     pubsub, firestore or bigquery
  FOLDER    your copy of Google's client, dependencies installed (mocha too) and compiled
  FILE      the compiled suite, relative to FOLDER: build/system-test/pubsub.js
  --update  adds the tests that pass now to SUITE.json

Build this repository first: npm run build.`;

const { positionals, update, problem } = readArguments();
const [suite, folder, file] = positionals;
if (problem !== undefined) {
  console.error(`${problem}\n\n${usage}`);
  process.exit(2);
}
const list = listOf(suite);
const expected = JSON.parse(await readFile(list, 'utf8'));

const scratch = await mkdtemp(join(tmpdir(), 'conformance-'));
const cloud = await startCloud();
try {
  const credentials = suite === 'firestore' ? await madeUpCredentials() : {};
  const { passes, failures } = await runMocha({ ...cloud.environment, ...credentials });
  const passed = new Set(passes.map(({ fullTitle }) => fullTitle));
  const lost = expected.filter((title) => !passed.has(title));
  for (const { fullTitle, err } of failures) console.log(`failed: ${fullTitle}: ${err.message}`);
  for (const title of lost) console.log(`passed before, not now: ${title}`);
  console.log(
    `${passes.length} passed, ${failures.length} failed; ${expected.length - lost.length} of the ${expected.length} listed passed`,
  );
  if (update) {
    const names = [...new Set([...expected, ...passed])].toSorted((a, b) => (a < b ? -1 : 1));
    await writeFile(list, `${JSON.stringify(names, undefined, 2)}\n`);
  }
  process.exitCode = lost.length > 0 ? 1 : 0;
} finally {
  await cloud.close();
  await rm(scratch, { recursive: true });
}

function readArguments() {
  const options = { update: { type: 'boolean', default: false } };
  try {
    const { values, positionals: given } = parseArgs({ options, allowPositionals: true });
    return { positionals: given, update: values.update, problem: problemWith(given) };
  } catch (error) {
    return { positionals: [], update: false, problem: error.message };
  }
}

function problemWith(given) {
  if (given.length !== 3) return 'SUITE, FOLDER and FILE are needed, and nothing else';
  const [name, where, compiled] = given;
  if (!/^[a-z]+$/.test(name) || !existsSync(listOf(name))) return `SUITE: there is no ${name}.json`;
  if (!existsSync(mochaOf(where))) return `FOLDER: ${mochaOf(where)} does not exist`;
  return existsSync(join(where, compiled)) ? undefined : `FILE: ${join(where, compiled)} does not exist`;
}

function listOf(name) {
  return new URL(`${name}.json`, import.meta.url);
}

function mochaOf(where) {
  return join(where, 'node_modules/mocha/bin/mocha.js');
}

/** Firestore's client over REST insists on some; the other clients would want a token for them, from Google. */
async function madeUpCredentials() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    type: 'service_account',
    project_id: cloud.project,
    client_email: `conformance@${cloud.project}.iam.gserviceaccount.com`,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const path = join(scratch, 'credentials.json');
  await writeFile(path, JSON.stringify(account));
  return { GOOGLE_APPLICATION_CREDENTIALS: path };
}

async function runMocha(environment) {
  const report = join(scratch, 'report.json');
  const args = ['node_modules/mocha/bin/mocha.js', '--timeout', '600000', '--exit'];
  args.push('--require', fileURLToPath(new URL('request-headers.mjs', import.meta.url)));
  args.push('--reporter', 'json', '--reporter-option', `output=${report}`, file);
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (!existsSync(report)) throw new Error('mocha ended without a report: see what it printed above');
  return JSON.parse(await readFile(report, 'utf8'));
}
