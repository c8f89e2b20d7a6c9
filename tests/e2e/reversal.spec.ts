import { provisionTopology } from '@bellwether/bus';
import { mainAccount, paths, topologyOf } from '@bellwether/contracts';
import { startExecutor } from '@bellwether/executor';
import { startLedger } from '@bellwether/ledger';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { runToEnd } from '../support/bellwether.ts';
import { root } from '../support/root.ts';

const ann = mainAccount('acme', 'ann');
const logger = createLogger({ service: 'test', level: 'silent' });

describe('taking back what was booked', () => {
  let cloud: TestCloud;
  let executor: RunningService;
  let ledger: RunningService;

  beforeAll(async () => {
    cloud = await startTestCloud({ indexesFile: join(root, 'firestore.indexes.json') });
    await provisionTopology(cloud.pubsub, topologyOf(2));
    executor = await startExecutor({ ...cloud.environment, SHARDS: '2' }, logger);
    ledger = await startLedger({ ...cloud.environment, VERIFY_EVERY_MS: 'off' }, logger);
  });
  afterAll(async () => {
    await ledger.close();
    await executor.close();
    await cloud.close();
  });

  async function run(...args: string[]) {
    return runToEnd(args, cloud.environment);
  }
  async function send(name: string, data?: object): Promise<void> {
    const asked = ['command', 'send', name, '--tenant', 'acme', '--account', ann.accountId];
    const content = data === undefined ? [] : ['--reason', 'a first deposit', '--data', JSON.stringify(data)];
    expect(await run(...asked, ...content)).toMatchObject({ code: 0 });
  }
  const reverse = async (eventId: string) =>
    run('ledger', 'reverse', eventId, '--tenant', 'acme', '--reason', 'typed twice', '--actor', 'ops');
  const entries = async (): Promise<unknown> =>
    JSON.parse((await run('ledger', 'entries', ann.accountId, '--json')).stdout);

  it('is an entry of its own that names the other, once, and everything adds up', async () => {
    await send('OpenAccount');
    await send('DepositFunds', { currency: 'USD', amount: '250' });
    await send('GrantCredits', { amount: '7' });
    const [deposit, grant] = ['ann.main:0000000002:0', 'ann.main:0000000003:0'];
    expect(await reverse(deposit)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ReverseEntry is committed as entry 4 of the journal of ann\.main/),
    });
    const again = await reverse(deposit);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain(
      `REVERSED_ALREADY: eventId: ${deposit}, reversedBy: ann.main:0000000004:0`,
    );
    expect(await reverse(grant)).toMatchObject({ code: 0 });
    const reversed = 'ann.main:0000000004:0';
    await eventually(
      async () =>
        expect(await entries()).toMatchObject([
          { kind: 'reversal', reverses: grant },
          {
            eventId: reversed,
            kind: 'reversal',
            reverses: deposit,
            postings: [
              { ledgerAccount: 'cash', currency: 'USD', amount: '-250' },
              { ledgerAccount: 'world', currency: 'USD', amount: '250' },
            ],
          },
          { eventId: grant, kind: 'credits' },
          { eventId: deposit, kind: 'deposit' },
        ]),
      { timeoutMs: 30_000 },
    );
    expect((await run('ledger', 'entries', ann.accountId)).stdout).toContain(
      `\r\n${reversed},,reversal,,${deposit},cash,USD,-250\r\n`,
    );
    const credits = await run('credits', 'show', ann.accountId);
    expect(credits.stdout).toContain('0 credits are available, 0 are reserved.');
    expect(credits.stdout).toContain(`reverse,7,0,,typed twice,ops,${grant}`);
    expect(await run('verify')).toMatchObject({ code: 0 });

    const path = paths.ledgerEntry('acme', reversed);
    const stored = (await cloud.firestore.doc(path).get()).data();
    await cloud.firestore.doc(path).delete();
    expect((await run('verify')).stdout).toContain('ann.main');
    const rebuild = ['rebuild', '--projection', 'ledger', '--account', ann.accountId];
    expect(await run(...rebuild, '--write', '--yes')).toMatchObject({ code: 0 });
    expect((await cloud.firestore.doc(path).get()).data()).toEqual(stored);
    expect(await run('verify')).toMatchObject({ code: 0 });
  }, 180_000);

  it('says what is wrong with what it is given', async () => {
    const none = await reverse('ann.main:0000000099:0');
    expect(none.stdout).toContain('NO_SUCH_ENTRY: eventId: ann.main:0000000099:0');
    const open = await reverse('ann.main:0000000001:0');
    expect(open.stdout).toContain('NOT_REVERSIBLE: eventId: ann.main:0000000001:0, event: AccountOpened');
    const typo = await reverse('ann.main:2');
    expect(typo.code).toBe(2);
    expect(typo.stderr).toBe(
      "ann.main:2: is no event's id, such as ann.main:0000000002:0; `bellwether ledger entries ACCOUNT` tells them\n",
    );
    const stranger = await run('ledger', 'entries', 'ann.other');
    expect(stranger).toMatchObject({
      code: 2,
      stderr: 'ann.other: there is no such account; `bellwether account list` names them\n',
    });
  }, 120_000);
});
