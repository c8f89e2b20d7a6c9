import type { Frame } from '@bellwether/contracts';
import {
  type AccountEvent,
  type ExitsSpec,
  decimal,
  evolve,
  resolveExits,
  unopenedAccount,
} from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type OrderedPosition,
  ann,
  bob,
  ordered,
  positionTerms,
  triggerTerms,
} from '../ticks/armed.builder.ts';
import { frameOf } from '../ticks/frame.builder.ts';
import { expectedExecution } from '../ticks/shard-book.oracle.ts';
import { Durable, type KillPoint, runToTheEnd } from './kill-points.simulation.ts';

const epoch = 'test-0000000001';

/** What a slow oracle can follow from its terms alone. */
const plain: readonly Partial<OrderedPosition>[] = [
  { id: 'stop', exits: { stopLoss: '97.5' } },
  { id: 'both', exits: { stopLoss: '96.1', takeProfit: '102.5' } },
  { id: 'trail', exits: { trailing: { distance: '1.75' } } },
  { id: 'short', side: 'short', exits: { stopLoss: '101.5', takeProfit: '98.2' } },
];
/** What later ticks mean to these depends on what earlier ones did. */
const moving: Readonly<Record<string, ExitsSpec>> = {
  even: { stopLoss: { price: '97' }, breakEven: { after: { price: '101' } } },
  ladder: {
    stopLoss: { percent: '3' },
    targets: [{ price: '101', size: { share: '0.5' } }, { price: '103' }],
  },
  late: { trailing: { percent: '1', activation: { price: '101' } }, timeExit: { at: 1_030 } },
};
const entry = {
  positionId: 'opened',
  symbol: 'BTC-USDT',
  side: 'long',
  quantity: '1',
  how: { kind: 'market' },
  timeInForce: 'gtc',
  priceSource: 'trade',
  exits: { stopLoss: { percent: '1' } },
} as const;

/** Two accounts with everything armed from the start. */
function world(): Durable {
  const durable = new Durable();
  for (const account of [ann, bob]) {
    const { tenant, uid, accountId } = account;
    const name = (id: string): string => `${uid}-${id}`;
    const events: AccountEvent[] = [
      { type: 'AccountOpened', tenant, uid, accountId },
      { type: 'TradingResumed', actor: 'test', reason: '' },
      ...plain.map((terms): AccountEvent => {
        return { type: 'PositionAdopted', position: positionTerms({ ...terms, id: name(terms.id ?? '') }) };
      }),
      ...Object.entries(moving).map(([id, exits]): AccountEvent => {
        const position = positionTerms({ id: name(id) });
        const at = { side: 'long', entryPrice: decimal('100'), armedFrom: { at: 0 }, openedAt: 0 } as const;
        const resolved = resolveExits(exits, at);
        if (!resolved.ok) throw new Error(JSON.stringify(resolved.refusal));
        return { type: 'PositionAdopted', position: { ...position, exits: resolved.value } };
      }),
      { type: 'TriggerArmed', trigger: triggerTerms({ id: name('told'), when: priceAt('below', '98') }) },
      {
        type: 'TriggerArmed',
        trigger: triggerTerms({
          id: name('enter'),
          when: priceAt('above', '101'),
          action: { kind: 'open', entry: { ...entry, positionId: name('opened') } },
        }),
      },
    ];
    durable.accounts.put(events.reduce(evolve, unopenedAccount(tenant, uid, accountId)), 1);
  }
  return durable;
}

function priceAt(direction: 'above' | 'below', price: string) {
  return { kind: 'price', direction, price } as const;
}

/** A walk around 100, four ticks to a frame. */
const marketArb = fc
  .array(fc.integer({ min: -150, max: 150 }), { minLength: 32, maxLength: 32 })
  .map((steps): readonly Frame[] => {
    let price = 10_000;
    const ticks = steps.map((step, i) => {
      price = Math.max(9_000, price + step);
      return { exchangeAt: 1_000 + i * 2, first: price };
    });
    return Array.from({ length: steps.length / 4 }, (_, n) =>
      frameOf({
        epoch,
        number: n + 1,
        firstOrdinal: n * 4,
        isLast: n * 4 + 4 === steps.length,
        ticks: ticks.slice(n * 4, n * 4 + 4),
      }),
    );
  });

/** `ann-stop stopLoss 17@97.4`: what executed, each as often as it did. */
function executed({ accounts }: Durable): string[] {
  return accounts.commits
    .flatMap(({ events }) => events)
    .flatMap((event) => {
      if (event.type === 'PositionClosed' || event.type === 'PositionReduced')
        return `${event.positionId} ${event.reason} ${event.tick?.ordinal}@${event.exitPrice}`;
      if (event.type === 'TriggerFired')
        return `${event.triggerId} trigger ${event.tick.ordinal}@${event.tick.price}`;
      return [];
    })
    .toSorted();
}

function byTheOracle(market: readonly Frame[]): string[] {
  const orders = [
    ...plain.map((terms) => ({ kind: 'position', terms: ordered(terms) }) as const),
    { kind: 'trigger', terms: triggerTerms({ id: 'told', when: priceAt('below', '98') }) } as const,
  ];
  return orders.flatMap((order) => {
    const found = expectedExecution(order, market);
    if (found === undefined) return [];
    return [ann, bob].map(
      ({ uid }) => `${uid}-${order.terms.id} ${found.reason} ${found.ordinal}@${found.price}`,
    );
  });
}

describe('a shard whose process dies', () => {
  it('before or after any commit, checkpoint or acknowledgement executes the same, each once', async () => {
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(marketArb, async (market) => {
        const undisturbed = world();
        expect(await runToTheEnd(undisturbed, market)).toBe(1);
        const expected = executed(undisturbed);
        expect(expected).toEqual(expect.arrayContaining(byTheOracle(market)));
        for (let effect = 1; effect <= undisturbed.effects; effect += 1)
          for (const kills of [
            [`before ${effect}`],
            [`after ${effect}`],
            [`before ${effect}`, `after ${effect + 2}`],
          ] satisfies KillPoint[][]) {
            const durable = world();
            deaths += (await runToTheEnd(durable, market, kills)) - 1;
            expect({ kills, executed: executed(durable) }).toEqual({ kills, executed: expected });
          }
      }),
      { numRuns: 3 },
    );
    expect(deaths).toBeGreaterThan(100);
  }, 60_000);
});
