import { type AccountEvent, formatDecimal } from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderMessage, renderPlainText } from '../messages/render-message.ts';
import { embedSize, limits } from '../messages/webhook-message.ts';
import {
  account,
  actionRefused,
  closed,
  commitOf,
  committedAt,
  fired,
  opened,
  reduced,
} from '../notices/notice.builder.ts';
import { type Notice, noticesOf } from '../notices/notice.ts';
import { digestOf, inDigestOrder } from './digest.ts';

function noticeAt(seq: number, event: AccountEvent, user = 'u1'): Notice {
  const of = { ...account, uid: user, accountId: `${user}.main` };
  const [notice] = noticesOf(commitOf([event], seq, of), committedAt + seq);
  if (notice === undefined) throw new Error('nobody is told of it');
  return notice;
}

const crash = [
  noticeAt(4, fired()),
  noticeAt(3, closed({ realizedPnl: '7.9', reason: 'takeProfit', symbol: 'ETH-USDT', strategy: 'swing' })),
  noticeAt(5, closed({ realizedPnl: '-42.1', strategy: 'dip' })),
  noticeAt(6, closed({ realizedPnl: '-0.9', currency: 'EUR', strategy: 'dip' }), 'u2'),
  noticeAt(7, actionRefused(), 'u2'),
].toSorted(inDigestOrder);

describe('a digest', () => {
  it('tells how many of what, what they came to, and where they stand, failures and stops first', () => {
    const message = renderMessage([{ notice: digestOf(crash), possibleRepeat: false }]);
    expect(message.content).toBe('5 alerts: closed 3, fired 1, refused 1, -34.2 USDT, -0.9 EUR');
    const [embed] = message.embeds ?? [];
    expect(embed?.description?.split('\n')).toEqual([
      String.raw`BTC-USDT trigger g1 fired, but its action (open) was refused: TOO\_LARGE · u2.main:0000000007:0`,
      'BTC-USDT long closed by stop -42.1 USDT · u1.main:0000000005:0',
      'BTC-USDT long closed by stop -0.9 EUR · u2.main:0000000006:0',
      'ETH-USDT long closed by target +7.9 USDT · u1.main:0000000003:0',
      'BTC-USDT is at or above 105: 105.2 · u1.main:0000000004:0',
    ]);
    expect(embed?.fields.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Alerts: 5',
      'P&L: -34.2 USDT, -0.9 EUR',
      'By symbol: BTC-USDT 4, ETH-USDT 1',
      'By strategy: dip 2, swing 1',
      'Closed by: stop 2, target 1',
      'Accounts: u2.main 6-7, u1.main 3-5',
      'First: 2026-11-21 09:16:53.503 UTC',
      'Last: 2026-11-21 09:16:53.507 UTC',
    ]);
    expect(embed?.footer.text).toBe('event digest:u2.main:0000000007:0');
    expect(embed?.color).toBe(0xe74c3c);
  });

  it('says that all of it is shadow, and how much it does not list', () => {
    const stops = Array.from({ length: 1_000 }, (_, i) => noticeAt(i + 1, closed({ realizedPnl: '-0.1' })));
    const message = renderMessage([{ notice: digestOf(stops), possibleRepeat: false }]);
    expect(message.content).toBe('[SHADOW] 1000 alerts: closed 1000, -100 USDT');
    const lines = message.embeds?.[0]?.description?.split('\n') ?? [];
    expect([lines.length, lines.at(-1)]).toEqual([16, 'and 985 more']);
  });

  it('says how many may have been told before', () => {
    const { event } = digestOf(crash, 2);
    expect(event.type === 'Told' && event.details).toContainEqual({ name: 'Possible repeats', value: '2' });
  });

  it('keeps within the limits of a message, whatever it tells', () => {
    const long = '*_'.repeat(250);
    const many = Array.from({ length: 60 }, (_, i) =>
      noticeAt(
        i + 1,
        closed({ symbol: `${i}${long}`, strategy: `${i}${long}`, currency: `${i}${long}` }),
        `u${i}`,
      ),
    );
    const alert = { notice: digestOf(many), possibleRepeat: true };
    const { content, embeds = [] } = renderMessage([alert]);
    const [embed] = embeds;
    expect(content.length).toBeLessThanOrEqual(limits.content);
    expect(embed?.description?.length).toBeLessThanOrEqual(limits.description);
    expect(embed?.fields.every(({ value }) => value.length <= limits.fieldValue)).toBe(true);
    expect(embeds.map(embedSize)[0]).toBeLessThanOrEqual(limits.embedCharacters);
    expect(renderPlainText(alert).content.length).toBeLessThanOrEqual(limits.content);
  });

  it('sums to what its members closed, whatever their order', () => {
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    const some = fc.array(fc.tuple(cents, fc.boolean()), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(some, (all) => {
        const notices = all.map(([pnl, isWhole], i) => {
          const realizedPnl = formatDecimal({ units: BigInt(pnl), scale: 2 });
          return noticeAt(i + 1, isWhole ? closed({ realizedPnl }) : reduced({ realizedPnl }));
        });
        const { event } = digestOf(notices);
        const told =
          event.type === 'Told' ? event.details.find(({ name }) => name === 'P&L')?.value : undefined;
        const sum = all.reduce((total, [pnl]) => total + pnl, 0);
        expect(Math.round(Number.parseFloat(told ?? 'NaN') * 100)).toBe(sum);
      }),
    );
  });

  it('keeps the order of the events of a commit', () => {
    const events = Array.from({ length: 12 }, (_, index) => closed({ positionId: `p${index}` }));
    const sorted = noticesOf(commitOf(events), committedAt).toReversed().toSorted(inDigestOrder);
    expect(sorted.map(({ eventId }) => eventId.split(':').at(-1))).toEqual(
      events.map((_, index) => `${index}`),
    );
  });

  it('puts what failed before stops, those before other exits, and all of them before the rest', () => {
    const anyOf = fc.constantFrom(
      actionRefused(),
      closed(),
      closed({ reason: 'trailingStop' }),
      reduced(),
      closed({ reason: 'manual' }),
      fired(),
      opened(),
    );
    const ranks = ['TriggerActionRefused', 'stop', 'exit', 'rest'];
    fc.assert(
      fc.property(fc.array(anyOf, { maxLength: 30 }), (events) => {
        const sorted = events.map((event, i) => noticeAt(i + 1, event)).toSorted(inDigestOrder);
        const kinds = sorted.map(({ event }) => {
          if (event.type === 'TriggerActionRefused') return event.type;
          if (event.type !== 'PositionClosed' && event.type !== 'PositionReduced') return 'rest';
          return event.reason === 'stopLoss' || event.reason === 'trailingStop' ? 'stop' : 'exit';
        });
        expect(kinds).toEqual(kinds.toSorted((a, b) => ranks.indexOf(a) - ranks.indexOf(b)));
      }),
    );
  });
});
