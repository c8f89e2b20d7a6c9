import { mainAccount } from '@bellwether/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StoredData, openAccount, storedData } from '../support/stored-data.ts';

const account = mainAccount('acme', 'ann');

describe('the credits of an account', () => {
  let data: StoredData;

  beforeAll(async () => {
    data = await storedData(async (cloud) => openAccount(cloud, account));
  });
  afterAll(async () => data.remove());

  const credits = async (...args: readonly string[]) => data.run('credits', ...args);
  const reason = ['--reason', 'a gift'];

  it('are granted once by a key, shown with the balance after each, and add up', async () => {
    const grant = ['grant', 'ann.main', '12.5', ...reason, '--key', 'g1'];
    for (let sent = 0; sent < 2; sent += 1)
      expect(await credits(...grant)).toMatchObject({
        code: 0,
        stdout: '12.5 credits are available, 0 are reserved.\n',
      });
    await credits('grant', 'ann.main', '1', ...reason, '--actor', 'ops');
    const { stdout } = await credits('show', 'ann.main', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      available: '13.5',
      transactions: [
        { kind: 'grant', amount: '12.5', balance: '12.5', purpose: 'a gift' },
        { kind: 'grant', amount: '1', balance: '13.5', actor: 'ops' },
      ],
    });
    const verified = await data.run('verify');
    expect(verified.stdout).not.toContain('credit');
  }, 60_000);

  it('have prices by command, which are named when they are wrong', async () => {
    expect(await credits('price', 'ann.main', 'OpenPosition', '0.5', ...reason)).toMatchObject({
      code: 0,
      stdout: 'OpenPosition costs 0.5 credits.\n',
    });
    const off = await credits('price', 'ann.main', 'ActOnSignal', 'off', ...reason, '--json');
    expect(JSON.parse(off.stdout)).toEqual({ command: 'ActOnSignal', price: 'off' });
    const wrong = await credits('price', 'ann.main', 'ClosePosition', '1', ...reason);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('only these commands may have a price'),
    ]);
    const nobody = await credits('grant', 'eve.main', '1', ...reason);
    expect([nobody.code, nobody.stderr]).toEqual([
      2,
      'eve.main: there is no such account; `bellwether account list` names them\n',
    ]);
    const nothing = await credits('grant', 'ann.main', '-1', ...reason);
    expect([nothing.code, nothing.stderr]).toEqual([2, 'amount: must be more than zero\n']);
  }, 60_000);

  it.each([
    [
      ['grant', 'ann.main', '9'.repeat(19), ...reason],
      /^amount: must be plain decimal text of at most 18 digits/,
    ],
    [['price', 'ann.main', 'OpenPosition', '9'.repeat(40), ...reason], /^price: must be plain decimal text/],
    [['price', 'ann.main', 'OpenPosition', '-1', ...reason], /^price: must be more than zero/],
    [['grant', 'ann.main', '1', ...reason, '--key', 'a/b'], /^key: must be 1 to 128 letters/],
    [['grant', 'ann.main', '1', ...reason, '--actor', ''], /^--actor: must be 1 to 128/],
  ])(
    'take nothing that no event can say: %#',
    async (args, message) => {
      const { code, stderr } = await credits(...args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    },
    60_000,
  );
});
