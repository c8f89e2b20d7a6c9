import type {
  DeliveryDocument,
  LedgerTradeDocument,
  PositionDocument,
  TriggerDocument,
} from '@bellwether/contracts';
import { type Condition, type PositionTerms, entered } from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LiveMark } from './live-state.ts';
import {
  type LiveSnapshot,
  liveJson,
  positionLines,
  renderLive,
  totalPnl,
  triggerLines,
} from './live-view.ts';

const owner = {
  schema: 2,
  tenantId: 'demo',
  uid: 'ann',
  accountId: 'ann.main',
  shard: 0,
  version: 1,
  changedAt: 0,
} as const;

const armedFrom = { at: 0 };

function position(id: string, parts: Partial<PositionTerms> = {}): PositionDocument {
  const terms: PositionTerms = {
    id,
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '2',
    entryPrice: '100',
    contract: { kind: 'linear', multiplier: '1', currency: 'USDT' },
    priceSource: 'trade',
    exits: {
      stopLoss: { price: '95', armedFrom },
      targets: [{ id: '1', price: '120', armedFrom }],
      trailing: { distance: { absolute: '3' }, start: '100', armedFrom },
    },
    openedAt: 0,
    broker: 'shadow',
    ...parts,
  };
  return { ...owner, symbol: terms.symbol, details: entered(terms) };
}

function trigger(id: string, when: Condition, symbol = 'BTC-USDT'): TriggerDocument {
  const rest = {
    priceSource: 'trade',
    action: { kind: 'notify' },
    armedFrom,
    status: 'active',
    firings: 0,
  } as const;
  return { ...owner, symbol, details: { id, symbol, when, ...rest } };
}

const trade: LedgerTradeDocument = {
  eventId: 'ann.main:0000000002:2',
  bookedAs: 'ann.main:0000000002:3',
  shard: 0,
  accountId: 'ann.main',
  uid: 'ann',
  seq: 2,
  positionId: 'p1',
  orderId: 'ann.main.p1.exit',
  symbol: 'BTC-USDT',
  side: 'sell',
  positionSide: 'long',
  effect: 'close',
  quantity: '2',
  price: '94.5',
  currency: 'USDT',
  proceeds: '189',
  fee: '0',
  feeCurrency: 'USDT',
  realizedPnl: '-11',
  reason: 'stopLoss',
  broker: 'shadow',
  tradedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
};

const delivery: DeliveryDocument = {
  eventId: 'ann.main:0000000002:2',
  shard: 0,
  channelId: 'discord',
  accountId: 'ann.main',
  uid: 'ann',
  seq: 2,
  eventType: 'PositionClosed',
  subjectId: 'p1',
  status: 'sent',
  attempts: 1,
  possibleRepeat: false,
  traceId: '',
  tickReceivedAt: 1_000,
  committedAt: 1_004.25,
  publishedAt: 1_005,
  claimedAt: 1_006,
  sentAt: 1_016.75,
};

const mark = (symbol: string, price: string): LiveMark => ({
  symbol,
  venue: 'tape',
  trade: price,
  exchangeAt: 0,
});
const marksOf = (...marks: readonly LiveMark[]) => new Map(marks.map((each) => [each.symbol, each]));

function snapshot(parts: Partial<LiveSnapshot> = {}): LiveSnapshot {
  const none = { positions: [], triggers: [], trades: [], deliveries: [], marks: new Map() };
  return { ticksPerSecond: 64.4, epoch: 'demo-0000000003', ...none, ...parts };
}

/** What a person sees: without colours. */
function plain(lines: readonly string[]): string[] {
  // oxlint-disable-next-line no-control-regex
  return lines.map((line) => line.replaceAll(/\u001B\[\d+m/g, '').trimEnd());
}

describe('the live view', () => {
  it('shows the market, what is open and armed, and what happened', () => {
    const shown = snapshot({
      marks: marksOf(mark('SOL-USDT', '148.5'), mark('BTC-USDT', '101.5')),
      positions: [position('p1')],
      triggers: [trigger('t1', { kind: 'price', direction: 'above', price: '105.56' })],
      trades: [trade],
      deliveries: [delivery],
    });
    expect(plain(renderLive(shown, 200))).toEqual([
      'Bellwether  64 ticks/s  demo-0000000003  Ctrl-C ends it',
      'BTC-USDT 101.5   SOL-USDT 148.5',
      '',
      'Open positions (1)  P&L 3 USDT',
      'ann     BTC-USDT   long         2          @ 100        101.5          3 stop 95  trailing 3  target 120',
      '',
      'Armed triggers (1)',
      'ann     BTC-USDT   above 105.56       4.000 % away',
      '',
      'Last executions',
      '03:04:05 ann     BTC-USDT   sell   stopLoss      @ 94.5         -11 USDT',
      '',
      'Last alerts  tick → commit → alert',
      '00:00:01 ann     PositionClosed       4.3 ms →    12.5 ms',
    ]);
  });

  it('says what it does not know yet', () => {
    const { tickReceivedAt: _, ...ofNoTick } = delivery;
    const shown = snapshot({
      positions: [position('p1', { exits: { targets: [] } })],
      triggers: [trigger('t1', { kind: 'price', direction: 'below', price: '90' })],
      deliveries: [ofNoTick],
    });
    const lines = plain(renderLive(shown, 200));
    expect(lines).toContain('Open positions (1)');
    expect(lines).toContain('ann     BTC-USDT   long         2          @ 100            -          -');
    expect(lines).toContain('ann     BTC-USDT   below 90           -');
    expect(lines.at(-1)).toBe('00:00:01 ann     PositionClosed            - →    12.5 ms');
  });

  const full = snapshot({
    marks: marksOf(...Array.from({ length: 30 }, (_, i) => mark(`S${i}-USDT`, `${i + 1}.125`))),
    positions: Array.from({ length: 60 }, (_, i) => position(`p${i}`, { symbol: `S${i % 30}-USDT` })),
    triggers: Array.from({ length: 40 }, (_, i) =>
      trigger(`t${i}`, { kind: 'price', direction: 'above', price: `${i + 1}` }),
    ),
    trades: Array.from({ length: 9 }, () => trade),
    deliveries: Array.from({ length: 9 }, () => delivery),
  });

  it('stays within the terminal, whatever its size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 250 }),
        fc.integer({ min: 1, max: 120 }),
        fc.constantFrom(full, snapshot()),
        (columns, rows, shown) => {
          const lines = renderLive(shown, columns, rows);
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of plain(lines)) expect(line.length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('ends every colour that it begins, also in lines that are cut', () => {
    for (let columns = 1; columns < 130; columns += 1) {
      for (const line of renderLive(full, columns)) {
        // oxlint-disable-next-line no-control-regex
        const codes = [...line.matchAll(/\u001B\[(\d+)m/g)].map(([, code]) => Number(code));
        const on = codes.filter((code) => code === 1 || code === 2 || code === 31 || code === 32);
        expect(on.length * 2).toBe(codes.length);
      }
    }
  });

  it('says how many of a long list it leaves out', () => {
    const lines = plain(renderLive(full, 200, 30));
    expect(lines).toHaveLength(30);
    expect(lines.filter((line) => line.startsWith('…'))).toEqual(['… 56 more', '… 36 more']);
    expect(lines).toContain('Open positions (60)  P&L -10125 USDT');
  });

  it('colours gains green and losses red', () => {
    const marks = marksOf(mark('BTC-USDT', '99'));
    const drawn = (['long', 'short'] as const).map((side) =>
      renderLive(snapshot({ marks, positions: [position('p1', { side })] }), 200).join('\n'),
    );
    expect(drawn[0]).toContain('\u001B[31m-2 USDT\u001B[39m');
    expect(drawn[1]).toContain('\u001B[32m2 USDT\u001B[39m');
  });
});

describe('its lines', () => {
  it('mark each position to the last trade, or to the bid where there are only quotes', () => {
    const marks = marksOf(mark('BTC-USDT', '98.7654'), {
      symbol: 'EURUSD',
      venue: 'tape',
      bid: '1.0812',
      ask: '1.0813',
      exchangeAt: 0,
    });
    const positions = [
      position('p2'),
      position('p1', {
        symbol: 'EURUSD',
        side: 'short',
        entryPrice: '1.08',
        quantity: '1000',
        contract: { kind: 'linear', multiplier: '1', currency: 'USD' },
      }),
    ];
    const lines = positionLines(snapshot({ marks, positions }));
    expect(lines).toMatchObject([
      { id: 'p2', markPrice: '98.7654', unrealizedPnl: '-2.47', currency: 'USDT' },
      { id: 'p1', markPrice: '1.0812', unrealizedPnl: '-1.2', currency: 'USD' },
    ]);
    expect(totalPnl(lines)).toEqual(
      new Map([
        ['USDT', '-2.47'],
        ['USD', '-1.2'],
      ]),
    );
  });

  it('put the nearest trigger first, and those without a price last', () => {
    const triggers = [
      trigger('unknown', { kind: 'price', direction: 'above', price: '1' }, 'XRP-USDT'),
      trigger('far', { kind: 'price', direction: 'above', price: '110' }),
      trigger('near', { kind: 'price', direction: 'below', price: '99' }),
    ];
    const lines = triggerLines(snapshot({ marks: marksOf(mark('BTC-USDT', '100')), triggers }));
    expect(
      lines.map(({ when, distancePercent }) => [when.kind === 'price' ? when.price : '', distancePercent]),
    ).toEqual([
      ['99', -1],
      ['110', 10],
      ['1', null],
    ]);
  });
});

describe('the live view as JSON', () => {
  it('says the same in one object', () => {
    const shown = snapshot({
      marks: marksOf(mark('BTC-USDT', '101.5')),
      positions: [position('p1')],
      triggers: [trigger('t1', { kind: 'price', direction: 'above', price: '203' })],
      trades: [trade],
      deliveries: [delivery],
    });
    expect(JSON.parse(JSON.stringify(liveJson(shown, Date.UTC(2026, 0, 1))))).toEqual({
      at: '2026-01-01T00:00:00.000Z',
      epoch: 'demo-0000000003',
      ticksPerSecond: 64,
      openPositions: 1,
      unrealizedPnl: { USDT: '3' },
      armedTriggers: 1,
      nearestTriggerPercent: 100,
      lastExecution: {
        at: '2026-01-02T03:04:05.000Z',
        uid: 'ann',
        symbol: 'BTC-USDT',
        reason: 'stopLoss',
        side: 'sell',
        price: '94.5',
        realizedPnl: '-11',
      },
      lastAlert: { event: 'ann.main:0000000002:2', tickToCommitMs: 4.25, commitToAlertMs: 12.5 },
    });
  });

  it('is whole before anything happened', () => {
    expect(liveJson(snapshot(), 0)).toMatchObject({
      openPositions: 0,
      unrealizedPnl: {},
      nearestTriggerPercent: null,
      lastExecution: null,
      lastAlert: null,
    });
  });
});
