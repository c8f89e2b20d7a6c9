import { mainAccount, paths } from '@bellwether/contracts';
import { startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd, temporaryFolder } from '../support/bellwether.ts';

describe('what a tenant is told', () => {
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
    return runToEnd([...args, '--tenant', 'acme'], cloud.environment);
  }
  async function stored(path: string): Promise<unknown> {
    return (await cloud.firestore.doc(path).get()).data();
  }
  async function file(json: object): Promise<string> {
    const path = join(folder.path, 'rule.json');
    await writeFile(path, JSON.stringify(json));
    return path;
  }

  it('is decided by rules, which are set, listed as they decide, shown and removed', async () => {
    expect(await bellwether('rules')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('every alert is sent'),
    });
    const quietHours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
    const night = { order: 20, delivery: 'on', quietHours };
    const shadow = { order: 10, eventTypes: ['PositionOpened'], modes: ['shadow'], delivery: 'silent' };
    expect(await bellwether('rules', 'set', 'night', await file(night))).toMatchObject({ code: 0 });
    expect(await bellwether('rules', 'set', 'shadow', await file(shadow))).toMatchObject({
      code: 0,
      stdout: 'shadow decides alerts of acme from now on.\n',
    });
    expect(await stored(paths.rule('acme', 'night'))).toEqual(night);
    expect((await bellwether('rules', 'list')).stdout.split('\n')).toEqual([
      expect.stringMatching(/^ +10 shadow +silent +events PositionOpened, modes shadow$/),
      expect.stringMatching(/^ +20 night +on +every alert; quiet from 22:00 to 07:00 Europe\/Berlin$/),
      '',
    ]);
    const shown = await bellwether('rules', 'show', 'shadow', '--json');
    expect(JSON.parse(shown.stdout)).toEqual(shadow);
    expect(await bellwether('rules', 'remove', 'night')).toMatchObject({ code: 0 });
    expect(await stored(paths.rule('acme', 'night'))).toBeUndefined();
    expect(await bellwether('rules', 'remove', 'night')).toMatchObject({
      code: 2,
      stderr: 'night: acme has no such rule; `bellwether rules list` names them\n',
    });
  });

  it('is not changed by what is no rule, whose field and reason are named', async () => {
    const refused = await bellwether('rules', 'set', 'bad', await file({ order: 1, delivery: 'loud' }));
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^  delivery: /m) });
    expect(await stored(paths.rule('acme', 'bad'))).toBeUndefined();
  });

  it('begins as templates say, which are set, shown, seen before, and removed', async () => {
    const text = '{symbol} out at {price}: {pnl} {currency}';
    const line = '[SHADOW] BTC-USDT out at 94: -42.1 USDT';
    const seen = await bellwether('templates', 'preview', 'PositionClosed', '--text', text);
    expect(seen).toMatchObject({ code: 0, stdout: expect.stringMatching(`^${escaped(line)}\n`) });
    expect(seen.stdout).toContain('nothing is sent');
    expect(await stored(paths.template('acme', 'PositionClosed'))).toBeUndefined();
    expect(await bellwether('templates', 'set', 'PositionClosed', text)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(line),
    });
    expect(await stored(paths.template('acme', 'PositionClosed'))).toEqual({ text });
    const sample = await bellwether('templates', 'preview', 'PositionClosed', '--json');
    expect(JSON.parse(sample.stdout)).toMatchObject({ template: text, message: { content: line } });
    expect((await bellwether('templates', 'show', 'PositionClosed')).stdout).toMatch(
      /^\{symbol\} out[^]*may hold \{symbol\} \{side\} /,
    );
    const unknown = await bellwether('templates', 'set', 'PositionClosed', '{profit}');
    expect(unknown).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('text: {profit} is not known'),
    });
    expect(await bellwether('templates', 'remove', 'PositionClosed')).toMatchObject({ code: 0 });
    expect(await stored(paths.template('acme', 'PositionClosed'))).toBeUndefined();
  });

  it('is seen before of an event that is committed, and of no other', async () => {
    const { accountId } = mainAccount('acme', 'ann');
    const missing = await bellwether(
      'templates',
      'preview',
      'PositionClosed',
      '--event',
      `${accountId}:0000000001:0`,
    );
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--event: no account of acme'),
    });
  });

  it('is summed up each day or week, as often as it is wanted', async () => {
    const set = await bellwether('summaries', 'set', 'daily', '--period', 'day', '--zone', 'Europe/Berlin');
    expect(set).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^daily tells acme of each day, next at 20/),
    });
    expect(await stored(paths.summary('acme', 'daily'))).toMatchObject({
      isActive: true,
      period: 'day',
      zone: 'Europe/Berlin',
      at: '08:00',
      since: expect.any(Number),
    });
    expect((await bellwether('summaries', 'preview', 'daily')).stdout).toMatch(
      /^Day 20\d\d-\d\d-\d\d: .*no trades\n/,
    );
    expect(await bellwether('summaries', 'off', 'daily')).toMatchObject({ code: 0 });
    expect((await bellwether('summaries', 'list')).stdout).toMatch(
      /^daily +each day +at 08:00 Europe\/Berlin, off\n$/,
    );
    const refused = await bellwether('summaries', 'set', 'w', '--period', 'week', '--zone', 'Berlin');
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('  zone: must be a time zone'),
    });
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[[\]()+.]/g, String.raw`\$&`);
}
