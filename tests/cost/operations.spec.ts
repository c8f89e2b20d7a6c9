import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccountRef } from '@bellwether/contracts';
import { costTable as table } from './cost-table.ts';
import { type Cost, MeteredSystem, symbol } from './metered-system.ts';

const by = { actor: 'test', reason: 'cost' };
const burst = 80;

/**
 * Each operation is measured three times, on accounts of their own; the least counts, since what happens beside it
 * (reports of write rates) only ever adds. A row that falls is to be lowered in the table, so that it stays low.
 */
describe('the cost of operations', () => {
  let system: MeteredSystem;

  beforeAll(async () => {
    system = await MeteredSystem.start();
    await system.add('executor');
    await system.trade(100);
  }, 60_000);
  afterAll(async () => system.close());

  async function least(
    prepare: () => Promise<AccountRef>,
    operation: (account: AccountRef) => Promise<unknown>,
  ): Promise<Cost> {
    const costs: Cost[] = [];
    for (let time = 0; time < 3; time += 1) {
      const account = await prepare();
      costs.push(await system.costOf(async () => operation(account)));
    }
    const of = (name: keyof Cost): number => Math.min(...costs.map((cost) => cost[name]));
    return { reads: of('reads'), writes: of('writes'), deletes: of('deletes'), messages: of('messages') };
  }

  /** An account with a position that a trade at 94 stops. */
  async function withPosition(): Promise<AccountRef> {
    const account = await system.account();
    await system.adopt(account, 'p');
    return account;
  }

  async function withOrder(): Promise<AccountRef> {
    const account = await system.account();
    await system.send(limitOrder(account));
    return account;
  }

  async function withTrigger(): Promise<AccountRef> {
    const account = await system.account();
    await system.send(trigger(account));
    return account;
  }

  /** Down to what stops, and up again. */
  const crash = async () => system.trade(94, 100);

  it.each<[keyof typeof table, () => Promise<AccountRef>, (account: AccountRef) => Promise<unknown>]>([
    [
      'open an account',
      async () => Promise.resolve(system.unusedAccount()),
      async (account) => system.send({ name: 'OpenAccount', key: 'open', ...account }),
    ],
    ['adopt a position', async () => system.account(), async (account) => system.adopt(account, 'p')],
    [
      'amend exits',
      withPosition,
      async (account) =>
        system.send({
          name: 'AmendExits',
          key: 'amend',
          ...account,
          ...by,
          positionId: 'p',
          symbol,
          exits: { stopLoss: { price: '90' } },
        }),
    ],
    [
      'close a position',
      withPosition,
      async (account) =>
        system.send({ name: 'ClosePosition', key: 'close', ...account, ...by, positionId: 'p', symbol }),
    ],
    ['place an order', async () => system.account(), async (account) => system.send(limitOrder(account))],
    [
      'cancel an order',
      withOrder,
      async (account) =>
        system.send({ name: 'CancelOrder', key: 'cancel', ...account, ...by, order: 'order' }),
    ],
    ['arm a trigger', async () => system.account(), async (account) => system.send(trigger(account))],
    ['fire a trigger', withTrigger, crash],
    ['exit alone', withPosition, crash],
    [
      'exit alone, cold',
      async () => {
        const account = await withPosition();
        await system.restartExecutor();
        return account;
      },
      crash,
    ],
    [
      'exit alone, after another process has committed',
      async () => {
        const account = await withPosition();
        await system.commitElsewhere(account);
        return account;
      },
      crash,
    ],
    [
      'exit eighty at once',
      async () => {
        const account = await system.account();
        await Promise.all(Array.from({ length: burst }, async (_, i) => system.adopt(account, `p${i}`)));
        return account;
      },
      crash,
    ],
    [
      'halt',
      async () => system.account(),
      async (account) => system.send({ name: 'HaltTrading', key: 'halt', ...account, ...by }),
    ],
    ['ten thousand ticks past an idle position', withPosition, async () => idleTicks()],
  ])(
    '%s: as the table says',
    async (name, prepare, operation) => {
      const cost = await least(prepare, operation);
      expect({ [name]: cost }).toEqual({ [name]: table[name] });
    },
    120_000,
  );

  it('is at most four writes for an exit alone, and one and a half in a burst', () => {
    expect(table['exit alone'].writes).toBeLessThanOrEqual(4);
    expect(table['exit eighty at once'].writes / burst).toBeLessThanOrEqual(1.5);
  });

  it('is no read to decide an exit of a warm account, and two of a cold one: the listener has one of each position', () => {
    expect(table['exit alone'].reads).toBe(1);
    expect(table['exit eighty at once'].reads).toBe(burst);
    expect(table['exit alone, cold'].reads).toBe(1 + 2);
    expect(table['exit alone, after another process has committed'].reads).toBeLessThanOrEqual(1 + 3);
  });

  it('is nothing for ticks, and for positions that are held', () => {
    const { reads, writes, deletes } = table['ten thousand ticks past an idle position'];
    expect({ reads, writes, deletes }).toEqual({ reads: 0, writes: 0, deletes: 0 });
  });

  it('is at most what the table says for a minute in which nothing happens', async () => {
    await withPosition();
    const cost = await system.costOfIdleMinute();
    const most = table['a minute in which nothing happens'];
    for (const name of ['reads', 'writes', 'deletes', 'messages'] as const)
      expect({ [name]: Math.max(cost[name], most[name]) }).toEqual({ [name]: most[name] });
  }, 120_000);

  it('is as the table says when an exit is booked, and when it is told, too', async () => {
    await system.add('ledger');
    expect(await least(withPosition, crash)).toEqual(table['exit alone, booked']);
    await system.add('notifier');
    await system.backlogTold();
    const told = await least(withPosition, crash);
    const most = table['exit alone, booked and told'];
    // Channels, rules and templates are read once in two seconds, however many alerts there are.
    expect({ ...told, reads: Math.max(told.reads, most.reads) }).toEqual(most);
  }, 120_000);

  async function idleTicks(): Promise<void> {
    for (let frame = 0; frame < 10; frame += 1)
      await system.trade(...Array.from({ length: 1000 }, (_, i) => 100 + (i % 300) / 100));
  }
});

function limitOrder(account: AccountRef) {
  return {
    name: 'OpenPosition',
    key: 'order',
    ...account,
    order: 'order',
    entry: {
      symbol,
      side: 'long',
      quantity: '2',
      priceSource: 'trade',
      positionId: 'p',
      how: { kind: 'limit', limitPrice: '1' },
    },
  } as const;
}

function trigger(account: AccountRef) {
  return {
    name: 'ArmTrigger',
    key: 'arm',
    ...account,
    trigger: {
      id: 't',
      symbol,
      priceSource: 'trade',
      when: { kind: 'price', direction: 'below', price: '95' },
      action: { kind: 'notify' },
    },
  } as const;
}
