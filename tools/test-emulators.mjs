// Runs the specs of store and bus against emulators that run already: those that the environment names.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const missing = ['PUBSUB_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST'].filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(
    `${missing.join(' and ')}: not set. Start the emulators and name each as HOST:PORT; "npm test" needs none.`,
  );
  process.exit(2);
}

const specs = {
  'libs/bus': ['provision-topology', 'publisher', 'pubsub-strategy', 'command-client'],
  'libs/store': ['document-batch', 'journal-and-outbox', 'whose-account'],
};
const env = {
  ...process.env,
  TEST_EMULATORS: 'outside',
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning --experimental-vm-modules',
};
for (const [directory, names] of Object.entries(specs)) {
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/jest/bin/jest.js'), '--runInBand', ...names.map((name) => `${name}.int.spec`)],
    { cwd: join(root, directory), env, stdio: 'inherit' },
  );
  if (status !== 0) process.exitCode = 1;
}
