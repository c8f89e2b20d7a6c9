import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '@bellwether/contracts';
import { startTestCloud } from '@bellwether/testing';
import { runToEnd, temporaryFolder } from '../support/bellwether.ts';

function key(byte: number): string {
  return Buffer.alloc(32, byte).toString('base64');
}

describe('channels', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let cloud: Awaited<ReturnType<typeof startTestCloud>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    cloud = await startTestCloud();
  });
  afterAll(async () => {
    await cloud.close();
    await folder.remove();
  });

  async function bellwether(...args: readonly string[]) {
    return runToEnd(args, cloud.environment);
  }
  const channels = async (...args: readonly string[]) => bellwether('channels', ...args, '--tenant', 'acme');
  async function file(json: object): Promise<string> {
    const path = join(folder.path, 'channel.json');
    await writeFile(path, JSON.stringify(json));
    return path;
  }

  it('are added, listed, disabled and enabled, and tried out', async () => {
    const url = 'https://discord.com/api/webhooks/123/t0ken';
    expect(await channels('add', 'discord', await file({ kind: 'discordWebhook', url }))).toMatchObject({
      code: 0,
      stdout: 'discord (discordWebhook, webhook 123) gets the alerts of acme from now on.\n',
    });
    const at = cloud.firestore.doc(paths.channel('acme', 'discord'));
    const stored = JSON.stringify((await at.get()).data());
    expect(stored).toContain('"sealed":"1.test.');
    expect(stored).not.toContain('t0ken');
    expect(await channels('disable', 'discord', '--reason', 'too loud')).toMatchObject({ code: 0 });
    expect((await channels('list')).stdout).toMatch(/ too loud\nNone of them is active: nobody is told\.\n$/);
    const listed = await channels('list', '--json');
    expect([listed.code, JSON.parse(listed.stdout)]).toEqual([
      0,
      [
        {
          id: 'discord',
          kind: 'discordWebhook',
          status: 'disabled',
          place: 'webhook 123',
          reason: 'too loud',
        },
      ],
    ]);
    expect(await channels('enable', 'discord')).toMatchObject({ code: 0 });
    expect((await channels('list')).stdout).toMatch(/^discord +discordWebhook +active +webhook 123\n$/);
    const tested = await bellwether('notify', 'test', '--tenant', 'acme', '--channel', 'discord', '--json');
    expect([tested.code, JSON.parse(tested.stdout)]).toMatchObject([0, { outcome: 'sent', attempts: 1 }]);
    expect(JSON.stringify([listed, tested])).not.toContain('t0ken');
  }, 300_000);

  it('are sealed with a new key, also those that lie there in clear, and need the one that they are sealed with', async () => {
    const at = cloud.firestore.doc(paths.channel('globex', 'discord'));
    await at.set({ kind: 'discordWebhook', webhookId: '9', webhookToken: 't0ken', status: 'active' });
    expect((await bellwether('channels', 'list', '--tenant', 'globex')).stdout).toMatch(
      /^discord +discordWebhook +active +webhook 9\n$/,
    );
    const reseal = async (CHANNEL_KEYS: string) =>
      runToEnd(['channels', 'reseal', '--tenant', 'globex'], { ...cloud.environment, CHANNEL_KEYS });
    const sealed = async (): Promise<unknown> => (await at.get()).data()?.['sealed'];
    expect(await reseal(`one:${key(1)}`)).toMatchObject({ code: 0, stdout: 'Sealed anew: discord.\n' });
    expect(await sealed()).toMatch(/^1\.one\./);
    expect(await reseal(`two:${key(2)},one:${key(1)}`)).toMatchObject({ code: 0 });
    expect(await sealed()).toMatch(/^1\.two\./);
    expect(await reseal(`one:${key(1)}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('its secrets are sealed with the key "two"'),
    });
    expect(await reseal('')).toMatchObject({ code: 2 });
    const listing = ['channels', 'list', '--tenant', 'globex'];
    expect(await runToEnd(listing, { ...cloud.environment, CHANNEL_KEYS: 'one:short' })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^discord /),
    });
    for (const tenant of ['globex', 'with-none'])
      expect(
        await runToEnd(['channels', 'reseal', '--tenant', tenant], {
          ...cloud.environment,
          CHANNEL_KEYS: 'one:short',
        }),
      ).toMatchObject({ code: 2, stderr: expect.stringContaining('CHANNEL_KEYS: key 1 must be an id') });
    const { CHANNEL_KEYS: _, ...keyless } = cloud.environment;
    const url = 'https://discord.com/api/webhooks/123/t0ken';
    const webhook = await file({ kind: 'discordWebhook', url });
    const { code, stderr } = await runToEnd(['channels', 'add', 's', webhook, '--tenant', 'globex'], keyless);
    expect([code, stderr]).toEqual([
      2,
      's: the secrets of channels are stored sealed, which needs a key: set CHANNEL_KEYS or CHANNEL_KEYS_FILE\n',
    ]);
  }, 300_000);

  it('that are none are refused by field and reason, before anything is written', async () => {
    const added = await channels(
      'add',
      'hook',
      await file({ kind: 'slack', url: 'https://169.254.169.254/x' }),
    );
    expect(added.code).toBe(2);
    expect(added.stderr).toContain('must be an address of the public internet');
    expect(await channels('enable', 'hook')).toMatchObject({ code: 2, stdout: '' });
    const missing = await bellwether('notify', 'test', '--tenant', 'acme', '--channel', 'hook');
    expect(missing).toMatchObject({ code: 2, stderr: 'hook: acme has no channel hook\n' });
  });

  it('leave nothing dead where nobody was told', async () => {
    expect(await bellwether('dlq', 'groups')).toMatchObject({ code: 0, stdout: 'Nothing is dead.\n' });
    expect(await bellwether('dlq', 'list', '--json')).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(await bellwether('dlq', 'retry')).toMatchObject({ code: 2 });
    const refused = await bellwether('dlq', 'retry', 'delivery:acme:ann.main:0000000001:0_discord');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('there is no such delivery') });
  });
});
