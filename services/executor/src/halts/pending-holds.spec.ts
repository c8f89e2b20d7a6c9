import type { AccountDocument } from '@bellwether/contracts';
import type { AccountEvent, TickReference } from '@bellwether/domain';
import { defaultSettings } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { expect, it } from '@jest/globals';
import { FakeCommits } from '../commits/commits.fake.ts';
import { ann, positionTerms } from '../ticks/armed.builder.ts';
import { PendingHolds } from './pending-holds.ts';

const by = { actor: 'test', reason: '' };

it('says in the commit of a flatten which limits its losses have reached', async () => {
  const commits = new FakeCommits();
  const position = positionTerms();
  const settings = {
    ...defaultSettings,
    currency: position.contract.currency,
    limits: { maxDailyLoss: '1' },
  };
  const price = Number(position.entryPrice);
  const flatten: AccountEvent = { type: 'TradingReduced', flatten: true, ...by };
  commits.given(
    ann,
    { type: 'AccountOpened', ...ann },
    { type: 'TradingResumed', ...by },
    { type: 'AccountConfigured', settings, ...by },
    { type: 'PositionAdopted', position },
    {
      type: 'EquityMarked',
      at: 0,
      currency: settings.currency,
      base: { day: 0, dayEquity: String(price * Number(position.quantity)), peakEquity: '0' },
      rates: [],
    },
    flatten,
  );
  const tick: TickReference = {
    symbol: position.symbol,
    venue: 'P',
    epoch: 'e',
    ordinal: 1,
    series: 'trade',
    price: String(price - 10),
    exchangeAt: 1,
    receivedAt: 1,
  };
  const holds = new PendingHolds({
    commits: { commit: async (ref, request) => commits.commit(ref, request), settle: unused },
    market: () => ({ trade: tick, bid: tick }),
    clock: { now: () => 1 },
    traceparent: () => '',
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  const { holds: held = [] } = commits.account(ann) ?? {};
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  holds.take({ tenantId: ann.tenant, ...ann, version: 1, holds: held } as unknown as AccountDocument);
  holds.look();
  await holds.close();
  const types = commits.commits.at(-1)?.events.map(({ type }) => type) ?? [];
  expect(types.slice(0, 3)).toEqual(['CloseRequested', 'OrderFilled', 'PositionClosed']);
  expect(types).toContain('TradingHalted');
  expect(commits.account(ann)?.risk.trips).toMatchObject([{ limit: 'dailyLoss' }]);
});

it('asks again for what a broker refuses to close, and less and less soon', async () => {
  const commits = new FakeCommits();
  const position = { ...positionTerms(), broker: 'fake' };
  commits.given(
    ann,
    { type: 'AccountOpened', ...ann },
    { type: 'TradingResumed', ...by },
    { type: 'AccountConfigured', settings: { ...defaultSettings, broker: 'fake' }, ...by },
    { type: 'PositionAdopted', position },
    { type: 'TradingReduced', flatten: true, ...by },
  );
  let now = 0;
  const holds = new PendingHolds({
    commits: { commit: async (ref, request) => commits.commit(ref, request), settle: unused },
    market: () => ({}),
    clock: { now: () => now },
    traceparent: () => '',
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  const askedAt: number[] = [];
  const { id: positionId, symbol } = position;
  for (; now < 4_000; now += 50) {
    const { holds: held = [], positions } = commits.account(ann) ?? {};
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    holds.take({ tenantId: ann.tenant, ...ann, version: now, holds: held } as unknown as AccountDocument);
    holds.look();
    for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
    const [exit] = commits.account(ann)?.positions.get(positionId)?.exiting ?? [];
    expect(positions?.get(positionId)?.exiting).toEqual([]);
    if (exit === undefined) continue;
    askedAt.push(now);
    const { clientOrderId: orderId } = exit.order;
    commits.add(ann, { type: 'OrderRejected', of: 'exit', orderId, symbol, positionId, reason: 'closed' });
  }
  await holds.close();
  expect(askedAt).toEqual([0, 250, 750, 1_750, 3_750]);
});

async function unused(): Promise<never> {
  return Promise.reject(new Error('not settled here'));
}
