import { subscriptions, topics } from '@bellwether/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { runToEnd, temporaryFolder } from '../support/bellwether.ts';

const Provisioned = z.object({
  topics: z.array(z.string()),
  subscriptions: z.array(z.string()),
  tables: z.array(z.string()),
});

const noCloud = {
  PUBSUB_EMULATOR_HOST: '',
  FIRESTORE_EMULATOR_HOST: '',
  BIGQUERY_EMULATOR_HOST: '',
  BIGQUERY_STORAGE_HOST: '',
  GOOGLE_CLOUD_PROJECT: '',
};

async function provision(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return runToEnd(['provision', ...args], { ...noCloud, ...environment });
}

describe('bellwether provision', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => folder.remove());

  it('creates what is missing, and only that', async () => {
    const args = ['--data-dir', folder.path, '--json'];
    const first = await provision([...args, '--shards', '2']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const created = Provisioned.parse(JSON.parse(first.stdout));
    expect(created.tables).toEqual(['bellwether', 'bellwether.events', 'bellwether.ticks']);
    expect(created.topics).toEqual(expect.arrayContaining([topics.events, topics.ticks(0), topics.ticks(1)]));
    expect(created.subscriptions).toContain(subscriptions.ledgerEvents);

    const again = await provision([...args, '--shards', '3']);
    expect(Provisioned.parse(JSON.parse(again.stdout))).toEqual({
      topics: [topics.ticks(2)],
      subscriptions: [subscriptions.executorTicks(2), subscriptions.historyTicks(2)],
      tables: [],
    });
  });

  it('works on no cloud that is not named, and on no half of one', async () => {
    const unnamed = await provision([], { INIT_CWD: folder.path });
    expect(unnamed).toMatchObject({ code: 2, stdout: '' });
    expect(unnamed.stderr).toMatch(/^provision: needs a cloud: run "npm start", or name one by --data-dir/);

    const half = await provision([], { PUBSUB_EMULATOR_HOST: '127.0.0.1:1', GOOGLE_CLOUD_PROJECT: 'p' });
    expect(half).toMatchObject({ code: 2, stdout: '' });
    expect(half.stderr).toMatch(/^BIGQUERY_EMULATOR_HOST: not set, while PUBSUB_EMULATOR_HOST/);
  });

  it('names what is wrong', async () => {
    expect(await provision(['--shards', 'many'])).toEqual({
      code: 2,
      stdout: '',
      stderr: '--shards: must be a whole number from 1 to 64, not "many"\n',
    });
  });
});
