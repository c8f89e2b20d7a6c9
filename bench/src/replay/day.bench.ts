import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { makeScratchDirectory } from '../processes/scratch-directory.ts';
import { benchmark } from '../runner/benchmark.ts';

const command = fileURLToPath(new URL('../bin/bellwether.mjs', import.meta.resolve('@bellwether/cli')));
const data = join(import.meta.dirname, '../../../../shared/data');
const tape = join(data, 'tapes/us-equities-trades-2013-10-08.csv.gz');
const orders = join(data, 'orders-equities-2013-10-08.json');

const Report = z.object({
  ticks: z.number(),
  executions: z.array(z.unknown()),
  ledger: z.object({ balanced: z.boolean() }),
});

export default benchmark({
  question: 'How long does a day of equities take through the whole product, from the command to its report?',
  unit: 's',
  target: { value: { atMost: 15 } },
  samples: 5,
  timeLimitSeconds: 900,
  needs: () => [tape, orders].filter((file) => !existsSync(file)),
  setup: async () => makeScratchDirectory(),
  async check({ path }) {
    await replay(path);
    const report = Report.parse(JSON.parse(await readFile(join(path, 'report.json'), 'utf8')));
    assert.ok(report.ticks > 600_000 && report.executions.length > 20 && report.ledger.balanced);
  },
  subject: async ({ path }) => replay(path),
  close: async ({ remove }) => remove(),
});

/** Seconds from its start to its end. */
async function replay(folder: string): Promise<number> {
  const start = performance.now();
  const report = join(folder, 'report.json');
  const args = ['replay', '--tape', tape, '--orders', orders, '--report', report];
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'ignore', 2] });
  await once(child, 'exit');
  assert.equal(child.exitCode, 0);
  return (performance.now() - start) / 1000;
}
