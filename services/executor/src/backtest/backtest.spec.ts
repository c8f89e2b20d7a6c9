import { type CommandInput, shardOf } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ann, bob } from '../ticks/armed.builder.ts';
import { bitcoin, frameOf } from '../ticks/frame.builder.ts';
import { Backtest } from './backtest.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const by = { actor: 'test', reason: '' };
const symbol = bitcoin.symbol;

const ticks = (...prices: readonly number[]) =>
  prices.map((first, i) => ({ exchangeAt: 1_000 + i, first: first * 100 }));

/** The frame of this number, of one trade. */
const tradeAt = (exchangeAt: number, number: number, price: number) =>
  frameOf({ number, firstOrdinal: number - 1, ticks: [{ exchangeAt, first: price * 100 }] });

describe('a backtest', () => {
  let backtest: Backtest;
  beforeEach(async () => {
    backtest = new Backtest({ shards: 1, logger });
    for (const account of [ann, bob]) {
      await done({ name: 'OpenAccount', key: 'open', ...account });
      await done({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
    }
  });

  async function done(command: CommandInput): Promise<void> {
    expect(await backtest.handle(command)).toMatchObject({ status: 'committed' });
  }
  const adopt = async (id: string, stopLoss: string, account = ann) =>
    done({
      name: 'AdoptPosition',
      key: `adopt:${id}`,
      ...account,
      position: {
        id,
        symbol,
        side: 'long',
        quantity: '2',
        entryPrice: '100',
        priceSource: 'trade',
        exits: { stopLoss: { price: stopLoss } },
        armedAt: 0,
      },
    });

  /** `ann 4: p1@94`: what the commits of frames closed, each with its account and sequence. */
  const closed = () =>
    backtest.commits.flatMap(({ uid, seq, events, cause }) => {
      const ids = events.flatMap((event) =>
        event.type === 'PositionClosed' ? [`${event.positionId}@${event.exitPrice}`] : [],
      );
      return cause.kind === 'frame' ? [`${uid} ${seq}: ${ids.join(' ')}`] : [];
    });

  const adoptWith = async (exits: object) =>
    done({
      name: 'AdoptPosition',
      key: 'adopt',
      ...ann,
      position: {
        id: 'p1',
        symbol,
        side: 'long',
        quantity: '2',
        entryPrice: '100',
        priceSource: 'trade',
        exits,
        armedAt: 0,
      },
    });
  /** What closed it, where. */
  const ended = () =>
    backtest.commits.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.type === 'PositionClosed' ? [`${event.reason} ${event.exitPrice}`] : [],
      ),
    );

  it('commits what a frame fires once for each account', async () => {
    await adopt('p1', '95');
    await adopt('p2', '93');
    await adopt('p3', '90');
    await adopt('p4', '94', bob);
    await backtest.judge(frameOf({ ticks: ticks(99, 95, 94, 92) }));
    expect(closed()).toEqual(['ann 6: p1@95 p2@92', 'bob 4: p4@94']);
  });

  it('counts the loss of a day from midnight on, where nothing was committed since', async () => {
    const midnight = 86_400_000;
    const limits = { maxDailyLoss: '10' };
    await done({ name: 'DepositFunds', key: 'd', ...ann, ...by, currency: 'USDT', amount: '100' });
    await adoptWith({});
    await backtest.judge(tradeAt(midnight - 2, 1, 100));
    const settings = { currency: 'USDT', limits, fills: { kind: 'exact' as const } };
    await done({ name: 'ConfigureAccount', key: 'c', ...ann, ...by, settings });
    await backtest.judge(tradeAt(midnight - 1, 2, 120));
    await backtest.judge(tradeAt(midnight + 1, 3, 114));
    const entry = { positionId: 'p2', symbol, side: 'long', quantity: '1', how: { kind: 'market' } } as const;
    const asked = { entry: { ...entry, priceSource: 'trade', timeInForce: 'gtc' }, order: 'o' } as const;
    expect(await backtest.handle({ name: 'OpenPosition', key: 'o', ...ann, ...asked })).toEqual({
      status: 'refused',
      reason: 'DAILY_LOSS',
      detail: 'limit: 10, amount: 12, by: 2, currency: USDT',
    });
  });

  it('judges what a commit arms over the ticks of its frame that come after', async () => {
    await done({
      name: 'ArmTrigger',
      key: 'arm',
      ...ann,
      trigger: {
        id: 't1',
        symbol,
        priceSource: 'trade',
        when: { kind: 'price', direction: 'above', price: '101' },
        action: {
          kind: 'open',
          entry: {
            positionId: 'late',
            symbol,
            side: 'long',
            quantity: '1',
            how: { kind: 'market' },
            timeInForce: 'gtc',
            priceSource: 'trade',
            exits: { stopLoss: { percent: '2' } },
          },
        },
        armedAt: 0,
      },
    });
    // The stop stands at 98.98: the tick at 98 before the entry does not count for it.
    await backtest.judge(frameOf({ ticks: ticks(98, 101, 99, 98.5, 97) }));
    expect(closed()).toEqual(['ann 4: ', 'ann 5: late@98.5']);
  });

  describe('of a position whose lines move within a frame', () => {
    const moved = [101, 103, 99, 97, 94, 90];

    it.each([
      [
        'its stop, moved to break-even',
        { stopLoss: { price: '95' }, breakEven: { after: { price: '103' } } },
        'stopLoss 99',
      ],
      [
        'its trailing stop, once it trails',
        {
          stopLoss: { price: '95' },
          trailing: { distance: '3', activation: { price: '103' } },
          timeExit: { at: 1_005 },
        },
        'trailingStop 99',
      ],
      [
        'its stop, moved by the first target',
        {
          stopLoss: { price: '95' },
          targets: [{ price: '103', size: { share: '0.5' } }, { price: '200' }],
          breakEven: { after: { targets: 1 } },
        },
        'stopLoss 99',
      ],
      [
        'its stop as it was, at the tick that moves it',
        { stopLoss: { price: '95' }, breakEven: { after: { price: '200' } } },
        'stopLoss 94',
      ],
    ])('is closed by %s, at the first tick that reaches it', async (_what, exits, expected) => {
      await adoptWith(exits);
      await backtest.judge(frameOf({ ticks: ticks(...moved) }));
      expect(ended()).toEqual([expected]);
    });

    it('is closed as it would be with every tick in a frame of its own', async () => {
      await adoptWith({ stopLoss: { percent: '5' }, breakEven: { after: { percent: '3' } } });
      for (const [i, tick] of ticks(...moved).entries())
        await backtest.judge(frameOf({ number: i + 1, firstOrdinal: i, ticks: [tick] }));
      expect(ended()).toEqual(['stopLoss 99']);
    });

    it('is closed by what a trigger amends, from the next tick on', async () => {
      await adoptWith({ stopLoss: { price: '95' } });
      await done({
        name: 'ArmTrigger',
        key: 'arm',
        ...ann,
        trigger: {
          id: 't1',
          symbol,
          priceSource: 'trade',
          when: { kind: 'price', direction: 'above', price: '103' },
          action: { kind: 'amend', positionId: 'p1', exits: { stopLoss: { price: '92' } } },
          armedAt: 0,
        },
      });
      await backtest.judge(frameOf({ ticks: ticks(...moved) }));
      expect(ended()).toEqual(['stopLoss 90']);
    });
  });

  it('watches on what was reached while its account was halted, once it is resumed', async () => {
    await adopt('p1', '95');
    await done({ name: 'HaltTrading', key: 'halt', ...ann, ...by });
    await backtest.judge(frameOf({ ticks: ticks(94) }));
    expect(closed()).toEqual([]);
    await done({ name: 'ResumeTrading', key: 'again', ...ann, ...by });
    await backtest.judge(frameOf({ number: 2, firstOrdinal: 1, ticks: ticks(96, 93) }));
    expect(closed()).toEqual(['ann 6: p1@93']);
  });

  it('closes what was reached while its account was halted, once it is only reducing', async () => {
    await adopt('p1', '95');
    await done({ name: 'HaltTrading', key: 'halt', ...ann, ...by });
    await backtest.judge(frameOf({ ticks: ticks(94) }));
    await done({ name: 'HaltTrading', key: 'reduce', state: 'reducing', ...ann, ...by });
    await backtest.judge(frameOf({ number: 2, firstOrdinal: 1, ticks: ticks(93) }));
    expect(closed()).toEqual(['ann 6: p1@93']);
  });

  it('adds nothing to a position at a price at which its account has lost what it may in a day', async () => {
    const limits = { maxDailyLoss: '100' };
    const settings = { currency: 'USDT', limits, fills: { kind: 'exact' } } as const;
    await done({ name: 'ConfigureAccount', key: 'limits', ...ann, ...by, settings });
    await done({ name: 'DepositFunds', key: 'cash', ...ann, ...by, currency: 'USDT', amount: '10000' });
    await backtest.judge(frameOf({ ticks: ticks(100) }));
    const common = { positionId: 'p1', symbol, side: 'long', quantity: '10', priceSource: 'trade' } as const;
    const orders = [
      ['o1', { kind: 'market' }],
      ['o2', { kind: 'limit', limitPrice: '95' }],
      ['o3', { kind: 'limit', limitPrice: '85' }],
    ] as const;
    for (const [order, how] of orders)
      await done({ name: 'OpenPosition', key: order, ...ann, order, entry: { ...common, how } });
    await backtest.judge(frameOf({ number: 2, firstOrdinal: 1, ticks: ticks(95) }));
    await backtest.judge(frameOf({ number: 3, firstOrdinal: 2, ticks: ticks(84) }));
    const [filled, cancelled] = backtest.commits.slice(-2).map(({ events }) => events);
    expect(filled?.map(({ type }) => type)).toEqual(['OrderFilled', 'PositionIncreased']);
    expect(cancelled).toMatchObject([
      { type: 'OrderCancelled', orderId: 'ann.main.o3', by: { reason: 'the limit dailyLoss was reached' } },
      { type: 'LimitTripped', limit: 'dailyLoss', allowed: '100', reached: '270' },
    ]);
  });

  it('keeps a trigger that would open until its account does more than reduce', async () => {
    const entry = {
      positionId: 'p1',
      symbol,
      side: 'long',
      quantity: '1',
      how: { kind: 'market' },
      timeInForce: 'gtc',
      priceSource: 'trade',
    } as const;
    await done({
      name: 'ArmTrigger',
      key: 'arm',
      ...ann,
      trigger: {
        id: 't1',
        symbol,
        priceSource: 'trade',
        when: { kind: 'price', direction: 'above', price: '100' },
        action: { kind: 'open', entry },
      },
    });
    await done({ name: 'HaltTrading', key: 'reduce', state: 'reducing', ...ann, ...by });
    await backtest.judge(frameOf({ ticks: ticks(101) }));
    expect(backtest.commits.at(-1)?.events).toMatchObject([{ type: 'TradingReduced' }]);
    await done({ name: 'ResumeTrading', key: 'again', ...ann, ...by });
    await backtest.judge(frameOf({ number: 2, firstOrdinal: 1, ticks: ticks(102) }));
    const { events = [] } = backtest.commits.at(-1) ?? {};
    expect(events.map(({ type }) => type)).toEqual([
      'TriggerFired',
      'OrderPlaced',
      'OrderFilled',
      'PositionOpened',
    ]);
  });

  it('answers a command that is sent again as it did, and refuses its key for another', async () => {
    await adopt('p1', '95');
    await adopt('p1', '95');
    expect(backtest.commits.filter(({ uid }) => uid === 'ann')).toHaveLength(3);
    const other = {
      name: 'DepositFunds',
      key: 'adopt:p1',
      ...ann,
      ...by,
      currency: 'USD',
      amount: '1',
    } as const;
    expect(await backtest.handle(other)).toMatchObject({ status: 'refused', reason: 'CONFLICT' });
  });

  it('chains the entries of each account by their hashes', async () => {
    await adopt('p1', '95');
    await backtest.judge(frameOf({ ticks: ticks(94) }));
    const hashes = backtest.commits.filter(({ uid }) => uid === 'ann');
    expect(hashes.map(({ previousHash }) => previousHash)).toEqual([
      '',
      ...hashes.slice(0, -1).map(({ hash }) => hash),
    ]);
    expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(4);
  });

  it('judges each shard by its own frames', async () => {
    backtest = new Backtest({ shards: 2, logger });
    const shard = shardOf(symbol, 2);
    await done({ name: 'OpenAccount', key: 'open', ...ann });
    await done({ name: 'ResumeTrading', key: 'resume', ...ann, ...by });
    await adopt('p1', '95');
    await backtest.judge(frameOf({ shard: 1 - shard, instruments: [], ticks: [] }));
    await backtest.judge(frameOf({ shard, ticks: ticks(94) }));
    expect(closed()).toEqual(['ann 4: p1@94']);
  });
});
