import type { BrokerDifference } from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import {
  actionRefused,
  closed,
  fired,
  halted,
  noticeOf,
  opened,
  reduced,
  stopTriggered,
  tripped,
} from '../notices/notice.builder.ts';
import { type Notice, channelDisabled } from '../notices/notice.ts';
import { type Alert, fitting, renderMessage, renderPlainText } from './render-message.ts';
import { embedSize, limits } from './webhook-message.ts';

const refused = { orderId: 'u1.main.o1', symbol: 'BTC-USDT', reason: 'no money' };
const differing = (difference: BrokerDifference): Notice =>
  noticeOf({ type: 'BrokerDifferenceFound', difference });
const alert = (notice: Notice, possibleRepeat = false): Alert => ({ notice, possibleRepeat });
const stop = alert(noticeOf(stopTriggered(), closed()));
const { currency: _none, ...inStops } = tripped({ limit: 'stopGuard', allowed: '4', reached: '4' });

/** The longest that contracts let through, all of it in need of escaping. */
const long = '*'.repeat(512);
const digits = `-${'9'.repeat(40)}.${'9'.repeat(40)}`;
const largest = [
  alert(
    noticeOf(
      stopTriggered({ late: true, lagMs: 1e15, level: digits }),
      closed({
        symbol: long,
        quantity: digits,
        entryPrice: digits,
        exitPrice: digits,
        currency: long,
        realizedPnl: digits,
      }),
    ),
    true,
  ),
  alert(noticeOf(halted({ actor: long, reason: long })), true),
  alert(
    noticeOf(
      fired({
        triggerId: long,
        symbol: long,
        when: { kind: 'price', direction: 'above', price: digits },
        late: true,
      }),
    ),
    true,
  ),
];

describe('a message', () => {
  it('tells a stop in full', () => {
    expect(renderMessage([stop])).toEqual({
      content: '[SHADOW] BTC-USDT long closed by stop -42.1 USDT',
      embeds: [
        {
          title: '[SHADOW] BTC-USDT long closed by stop -42.1 USDT',
          color: 0x95a5a6,
          fields: [
            { name: 'Entry', value: '178.2', inline: true },
            { name: 'Exit', value: '94', inline: true },
            { name: 'Quantity', value: '0.5', inline: true },
            { name: 'P&L', value: '-42.1 USDT', inline: true },
            { name: 'Reason', value: 'stop at 95', inline: true },
            { name: 'Tick', value: '2026-11-21 09:16:53.123 UTC', inline: true },
          ],
          footer: { text: `event u1.main:0000000012:1 · journal 12 · trace ${'a'.repeat(32)}` },
          timestamp: '2026-11-21T09:16:53.500Z',
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it.each<[string, Notice, object]>([
    [
      'an entry',
      noticeOf(opened()),
      {
        title: '[SHADOW] BTC-USDT long opened: 0.5 at 178.2',
        color: 0x95a5a6,
        details: {
          Entry: '178.2',
          Quantity: '0.5',
          Stop: '95',
          Target: '190 (0.5 of it), 200',
          Trailing: '2 %',
          Fees: '0.09 USDT',
          Strategy: 'dip',
          Opened: '2026-11-21 09:16:53.123 UTC',
        },
      },
    ],
    [
      'a rung of a ladder at a real broker',
      noticeOf(
        stopTriggered({ type: 'TargetTriggered', targetId: 'first', level: '190' }),
        reduced({ broker: 'alpaca' }),
      ),
      {
        title: 'BTC-USDT long reduced by target first +2.95 USDT, 0.25 left',
        color: 0x2ecc71,
        details: {
          Entry: '178.2',
          Exit: '190',
          Closed: '0.25',
          Left: '0.25',
          'P&L': '+2.95 USDT',
          Reason: 'target first at 190',
          Tick: '2026-11-21 09:16:53.123 UTC',
        },
      },
    ],
    [
      'the rest of a position at a real broker',
      noticeOf(
        closed({
          broker: 'alpaca',
          totals: { quantity: '1', realizedPnl: '-39.15', fees: {}, funding: '0' },
        }),
      ),
      {
        title: 'BTC-USDT long closed by stop -42.1 USDT',
        color: 0xf1c40f,
        details: {
          Entry: '178.2',
          Exit: '94',
          Quantity: '0.5',
          'P&L': '-42.1 USDT',
          'Whole position': '-39.15 USDT with 1',
          Reason: 'stop',
          Tick: '2026-11-21 09:16:53.123 UTC',
        },
      },
    ],
    [
      'an increase',
      noticeOf({
        type: 'PositionIncreased',
        orderId: 'u1.main.o2',
        positionId: 'p1',
        symbol: 'BTC-USDT',
        quantity: '0.5',
        price: '180',
        newQuantity: '1',
        entryPrice: '179.1',
        rounding: '0',
      }),
      {
        title: 'BTC-USDT increased by 0.5 at 180: 1 at 179.1',
        color: 0x3498db,
        details: { Added: '0.5', Price: '180', Quantity: '1', Entry: '179.1' },
      },
    ],
    [
      'a refused action',
      noticeOf(actionRefused()),
      {
        title: String.raw`BTC-USDT trigger g1 fired, but its action (open) was refused: TOO\_LARGE`,
        color: 0xe74c3c,
        details: {
          Account: 'u1.main',
          Trigger: 'g1',
          Action: 'open',
          Reason: String.raw`TOO\_LARGE`,
          Detail: 'at most 100 USDT',
        },
      },
    ],
    [
      'a channel that is gone',
      channelDisabled(noticeOf(closed()), 'main', '404 Unknown Webhook (10015)'),
      {
        title: 'Alerts no longer go to channel main: it is disabled',
        color: 0xe74c3c,
        details: { Channel: 'main', Answer: '404 Unknown Webhook (10015)', Until: 'the channel is changed' },
      },
    ],
  ])('tells %s in full', (_, notice, said) => {
    const [embed] = renderMessage([alert(notice)]).embeds ?? [];
    const details = Object.fromEntries((embed?.fields ?? []).map(({ name, value }) => [name, value]));
    expect({ title: embed?.title, color: embed?.color, details }).toEqual(said);
  });

  it.each([
    [
      'a target',
      noticeOf(closed({ side: 'short', reason: 'takeProfit', realizedPnl: '7' })),
      '[SHADOW] BTC-USDT short closed by target +7 USDT',
    ],
    [
      'a trailing stop',
      noticeOf(closed({ reason: 'trailingStop', realizedPnl: '0' })),
      '[SHADOW] BTC-USDT long closed by trailing stop 0 USDT',
    ],
    [
      'a late stop',
      noticeOf(stopTriggered({ late: true }), closed()),
      '[SHADOW] BTC-USDT long closed by stop -42.1 USDT (late)',
    ],
    ['a trigger', noticeOf(fired()), 'BTC-USDT is at or above 105: 105.2'],
    ['a halt', noticeOf(halted()), 'Trading halted in u1.main by cli'],
    ['a loss', noticeOf(tripped()), 'No entries in u1.main: daily loss of 512.5 USDT'],
    ['stops', noticeOf(inStops), 'No entries in u1.main: series of 4 stops'],
    [
      'a flatten',
      noticeOf({ type: 'TradingReduced', actor: 'cli', reason: 'r', flatten: true }),
      'Trading being flattened in u1.main by cli',
    ],
    [
      'a rejected entry',
      noticeOf({ type: 'OrderRejected', of: 'order', ...refused, positionId: 'p1' }),
      'BTC-USDT order rejected: no money',
    ],
    [
      'a rejected exit',
      noticeOf({ type: 'OrderRejected', of: 'exit', ...refused, positionId: 'p1' }),
      'BTC-USDT closing order rejected: no money',
    ],
    [
      'a lost answer',
      noticeOf({ type: 'OrderOutcomeUnknown', ...refused, positionId: 'p1' }),
      'BTC-USDT closing order is being looked up: its broker did not answer',
    ],
    [
      'an orphan',
      differing({ kind: 'orphan', orderId: 'u1.main.o1', of: 'order', positionId: 'p1', symbol: 'BTC-USDT' }),
      'BTC-USDT order is unknown at its broker',
    ],
    [
      'an external order',
      differing({
        kind: 'externalOrder',
        brokerOrderId: 'b1',
        brokerClientId: 'c1',
        symbol: 'BTC-USDT',
        side: 'sell',
        how: { kind: 'market' },
        quantity: '4',
        filled: '0',
      }),
      'BTC-USDT has an order at the broker that is not ours: sell 4',
    ],
    [
      'an external position',
      differing({
        kind: 'position',
        symbol: 'BTC-USDT',
        ours: '1',
        theirs: '3',
        offer: { side: 'long', quantity: '2' },
      }),
      'BTC-USDT differs: 1 here, 3 at the broker',
    ],
    [
      'markup',
      noticeOf(halted({ actor: '@everyone **x**' })),
      String.raw`Trading halted in u1.main by @${'\u200b'}everyone \*\*x\*\*`,
    ],
  ])('has a readable first line for %s', (_, notice, content) => {
    expect(renderMessage([alert(notice)]).content).toBe(content);
  });

  it('says that it may be a repeat', () => {
    const late = noticeOf(stopTriggered({ late: true, lagMs: 12_340 }), closed());
    const { content, embeds } = renderMessage([alert(late, true)]);
    expect(content).toMatch(/ \(late, possible repeat\)$/);
    expect(embeds?.[0]?.title).toBe(content);
    expect(embeds?.[0]?.fields).toContainEqual({ name: 'Late', value: 'by 12.3 s', inline: true });
  });

  it('puts several alerts into one', () => {
    const { content, embeds } = renderMessage([stop, stop, alert(noticeOf(halted()))]);
    expect(content).toBe('3 alerts: BTC-USDT, u1.main');
    expect(embeds).toHaveLength(3);
  });

  it('has no empty field', () => {
    const { embeds } = renderMessage([alert(noticeOf(halted({ reason: ' \n' })))]);
    expect(embeds?.[0]?.fields).toContainEqual({ name: 'Reason', value: '—', inline: true });
  });

  it('can be told without an embed', () => {
    const { content, embeds } = renderPlainText(stop);
    expect(embeds).toBeUndefined();
    expect(content.split('\n')).toEqual([
      '[SHADOW] BTC-USDT long closed by stop -42.1 USDT',
      'Entry: 178.2',
      'Exit: 94',
      'Quantity: 0.5',
      'P&L: -42.1 USDT',
      'Reason: stop at 95',
      'Tick: 2026-11-21 09:16:53.123 UTC',
      `event u1.main:0000000012:1 · journal 12 · trace ${'a'.repeat(32)}`,
    ]);
  });

  it.each(largest.map((each) => [each.notice.event.type, each] as const))(
    'keeps the largest %s within the limits',
    (_, each) => {
      const { content, embeds = [] } = renderMessage([each]);
      const [embed] = embeds;
      expect(content.length).toBeLessThanOrEqual(limits.content);
      expect(embed?.title.length).toBeLessThanOrEqual(limits.title);
      expect(embed?.fields.every(({ value }) => value.length <= limits.fieldValue)).toBe(true);
      expect(embeds.map(embedSize)[0]).toBeLessThanOrEqual(limits.embedCharacters);
      expect(renderPlainText(each).content.length).toBeLessThanOrEqual(limits.content);
    },
  );

  it('makes a sound when any of its alerts may', () => {
    const quiet = { ...stop, isSilent: true };
    expect(renderMessage([quiet, quiet]).flags).toBe(4_096);
    expect(renderPlainText(quiet).flags).toBe(4_096);
    expect(renderMessage([quiet, stop]).flags).toBeUndefined();
    expect(renderPlainText(stop).flags).toBeUndefined();
  });
});

describe('how many alerts fit', () => {
  it('is ten', () => {
    expect(fitting(Array.from({ length: 3 }, () => stop))).toBe(3);
    expect(fitting(Array.from({ length: 25 }, () => stop))).toBe(10);
  });

  it('is what 6,000 characters hold', () => {
    const [, large] = largest;
    if (large === undefined) throw new Error('no large alert');
    const alerts = Array.from({ length: 10 }, () => large);
    const count = fitting(alerts);
    expect(sizeOf(alerts.slice(0, count))).toBeLessThanOrEqual(limits.embedCharacters);
    expect(sizeOf(alerts.slice(0, count + 1))).toBeGreaterThan(limits.embedCharacters);
  });
});

function sizeOf(alerts: readonly Alert[]): number {
  return (renderMessage(alerts).embeds ?? []).reduce((sum, embed) => sum + embedSize(embed), 0);
}
