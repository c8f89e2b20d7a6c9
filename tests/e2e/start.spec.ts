import { eventually } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import * as z from 'zod';
import { type Running, runBellwether, temporaryFolder } from '../support/bellwether.ts';

const Line = z.object({
  at: z.string(),
  epoch: z.string(),
  ticksPerSecond: z.number(),
  openPositions: z.number(),
  armedTriggers: z.number(),
  lastExecution: z.object({ at: z.string(), reason: z.string(), realizedPnl: z.string() }).nullable(),
  lastAlert: z
    .object({ event: z.string(), commitToAlertMs: z.number(), tickToCommitMs: z.number().nullable() })
    .nullable(),
});
type Line = z.infer<typeof Line>;

describe('the main job', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let running: Running | undefined;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    running?.child.kill('SIGKILL');
    await folder.remove();
  });

  it('trades, tells, ends cleanly on Ctrl-C, and goes on from what is stored', async () => {
    const dataDir = join(folder.path, 'data');
    const args = ['start', '--data-dir', dataDir, '--speed', '20', '--operations-port', '0'];
    running = runBellwether(args);
    const first = await lineWhere(running, (line) => line.lastExecution !== null && line.lastAlert !== null);
    expect(first.ticksPerSecond).toBeGreaterThan(0);
    expect(first.lastAlert?.commitToAlertMs).toBeGreaterThan(0);
    await checkOperations(running);
    await checkOtherCommands(dataDir);
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    // Nothing runs there any more: the same command opens what is stored.
    expect(await accountsIn(dataDir)).toEqual(await accountsIn(join(dataDir, 'cloud')));
    const last = linesOf(running).at(-1);

    running = runBellwether(args);
    const again = await lineWhere(running, (line) => line.epoch !== '' && line.ticksPerSecond > 0);
    expect(again.epoch > first.epoch).toBe(true);
    expect(again.lastExecution).not.toBeNull();
    expect((again.lastExecution?.at ?? '') >= (last?.lastExecution?.at ?? '')).toBe(true);
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
  }, 120_000);

  it('explains itself', async () => {
    const help = runBellwether(['start', '--help']);
    expect(await help.ended).toBe(0);
    expect(help.stdout()).toMatch(/--data-dir[\s\S]*--split/);
  });

  it.each([
    [
      'an option that is missing',
      ['ledger', 'reverse', 'ann.main:0000000002:0'],
      "required option '--tenant <id>'",
    ],
    ['a value that is none', ['ledger', 'pnl', '--tenant', 'a', '--by', 'day'], 'Allowed choices are'],
    ['a command that is none', ['nonsense'], "unknown command 'nonsense'"],
    ['a tape with a comma in its path', ['start', '--tape', 'a,b.csv.gz'], '--tape: '],
    ['a pace of writes that is none', ['start'], 'WRITE_LIMITS must be one of', { WRITE_LIMITS: 'turbo' }],
    ['instruments that are none', ['instruments', 'set', 'package.json'], 'the instruments are not valid'],
    ['a rule that is none', ['rules', 'set', 'r', 'package.json', '--tenant', 'a'], 'package.json: '],
    ['a channel that is none', ['channels', 'add', 'c', 'none', '--tenant', 'a'], 'none: '],
    [
      'a template of nothing',
      ['templates', 'set', 'Nothing', 'text', '--tenant', 'a'],
      '"Nothing" is no event',
    ],
    ['a state that is not there', ['cloud', 'export', 'file', '--data-dir', 'none'], 'holds no state'],
    ['a state file that is not there', ['cloud', 'import', 'none', '--data-dir', 'new'], 'cannot be read'],
    [
      'a state file that is none',
      ['cloud', 'import', 'package.json', '--data-dir', 'new'],
      'is no exported state of a local cloud',
    ],
  ])(
    'ends with 2 for %s',
    async (_what, args: string[], said: string, environment: NodeJS.ProcessEnv = {}) => {
      const refused = runBellwether(args, undefined, environment);
      expect(await refused.ended).toBe(2);
      expect(refused.stderr()).toContain(said);
    },
  );
});

/** Commands find the system that runs over a data directory. */
async function checkOtherCommands(dataDir: string): Promise<void> {
  expect((await accountsIn(dataDir)).length).toBeGreaterThan(0);
  const pulse = runBellwether(['pulse', '--once', '--json', '--data-dir', dataDir]);
  expect(await pulse.ended).toBe(0);
  expect(z.looseObject({}).parse(JSON.parse(pulse.stdout()))).toBeDefined();
}

async function accountsIn(dataDir: string): Promise<readonly string[]> {
  const list = runBellwether(['account', 'list', '--json', '--data-dir', dataDir]);
  const code = await list.ended;
  expect({ code, stderr: list.stderr() }).toEqual({ code: 0, stderr: '' });
  const accounts = z.array(z.looseObject({ accountId: z.string() })).parse(JSON.parse(list.stdout()));
  return accounts.map(({ accountId }) => accountId);
}

/** All services of the process answer on its one port. */
async function checkOperations(running: Running): Promise<void> {
  const [, url = ''] = /Operators ask (http:\S+):/.exec(running.stderr()) ?? [];
  const services = ['executor', 'history', 'ledger', 'market-feed', 'notifier', 'pulse'];
  const readiness = z.object({ services: z.record(z.string(), z.object({ ready: z.boolean() })) });
  const answer = await fetch(`${url}/readyz`);
  expect(answer.status).toBe(200);
  expect(Object.keys(readiness.parse(await answer.json()).services).toSorted()).toEqual(services);
  const metrics = await fetch(`${url}/metrics`);
  const text = await metrics.text();
  expect(text).toMatch(/^bellwether_ticks_published_total\{service="market-feed"\} [1-9]/m);
  expect(text).toMatch(/^bellwether_executions_total\{service="executor"\} [1-9]/m);
}

function linesOf(running: Running): Line[] {
  return running
    .stdout()
    .split('\n')
    .slice(0, -1)
    .map((line) => Line.parse(JSON.parse(line)));
}

async function lineWhere(running: Running, isWanted: (line: Line) => boolean): Promise<Line> {
  const found = await eventually(() => linesOf(running).find(isWanted) ?? false, {
    timeoutMs: 60_000,
    intervalMs: 200,
  });
  return found;
}
