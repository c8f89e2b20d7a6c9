import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, marketWith, positionWith } from '../account/account.builder.ts';
import type { Account } from '../account/account.ts';
import { evolveAll } from '../account/account-fold.ts';
import { defaultSettings } from '../account/settings.ts';
import type { PlainPrices } from '../account/worth.oracle.ts';
import { Exact } from '../exact.oracle.ts';
import { plainInstrument } from '../market/instrument.ts';
import type { PriceSource } from '../market/tick.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import { linesOfPosition } from '../position/lines-of-position.ts';
import type { Side } from '../position/position.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import { formatDecimal } from '../units.ts';
import type { OrderKind } from './order.ts';
import { openPosition } from './place-order.ts';

type Quoted = PlainPrices[string];

interface Asked {
  readonly exits: ExitsSpec;
  readonly side?: Side;
  readonly how?: OrderKind;
  readonly priceSource?: PriceSource;
  readonly quoted?: Quoted;
  readonly account?: Account;
}

function place({ exits, side = 'long', how = { kind: 'market' }, ...asked }: Asked) {
  const {
    priceSource = 'quote',
    quoted = { bid: '99', ask: '101', trade: '100' },
    account = given(),
  } = asked;
  const rest = { quantity: '1', timeInForce: 'gtc', priceSource } as const;
  const entry: EntrySpec = { positionId: 'p1', symbol: 'BAC', side, how, exits, ...rest };
  const market = marketWith({ BAC: quoted });
  const context = { now: 2_000, armedFrom: { at: 0 }, market, instrument: plainInstrument('BAC') };
  return openPosition(account, 'o', entry, context);
}

function refusalOf(asked: Asked) {
  const placed = place(asked);
  return placed.ok ? undefined : placed.refusal;
}

function stopAt(price: string, source?: PriceSource): ExitsSpec {
  return { stopLoss: { price, ...(source === undefined ? {} : { source }) } };
}

describe('exits of an entry that would be reached as soon as it fills', () => {
  it('are refused, with the field, the level and the price that it has to be beyond', () => {
    expect(refusalOf({ exits: { stopLoss: { price: '105' } } })).toEqual({
      reason: 'WRONG_SIDE',
      field: 'stopLoss.price',
      value: '105',
      expected: 'below',
      reference: '101',
    });
  });

  it('are held against what they look at: a stop between bid and ask would sell at once', () => {
    expect(refusalOf({ exits: stopAt('99') })).toMatchObject({ value: '99', reference: '99' });
    expect(refusalOf({ exits: stopAt('98.99') })).toBeUndefined();
    const quoted = { bid: '99', ask: '101', mark: '102' };
    expect(refusalOf({ exits: stopAt('101.5', 'mark'), quoted })).toBeUndefined();
    expect(refusalOf({ exits: stopAt('102', 'mark'), quoted })).toMatchObject({ reference: '102' });
    expect(refusalOf({ exits: stopAt('101', 'trade'), quoted })).toMatchObject({ reference: '99' });
  });

  it.each<[string, ExitsSpec, string, string]>([
    ['a stop', { stopLoss: { price: '101' } }, 'stopLoss.price', 'above'],
    ['a stop in percent within the spread', { stopLoss: { percent: '2' } }, 'stopLoss.percent', 'above'],
    ['a target', { targets: [{ price: '90' }, { price: '99' }] }, 'targets.1.price', 'below'],
    ['a trailing stop', { trailing: { distance: '2' } }, 'trailing.distance', 'above'],
    ['one in percent', { trailing: { percent: '1' } }, 'trailing.percent', 'above'],
    ['a shift', { breakEven: { after: { price: '100' } } }, 'breakEven.after.price', 'below'],
  ])('are refused of a short, too: %s', (_what, exits, field, expected) => {
    expect(refusalOf({ side: 'short', exits })).toMatchObject({ reason: 'WRONG_SIDE', field, expected });
  });

  it.each<[string, OrderKind, string, string | undefined]>([
    ['a limit that rests', { kind: 'limit', limitPrice: '95' }, '95', '95'],
    ['a limit that rests', { kind: 'limit', limitPrice: '95' }, '94.9', undefined],
    ['a limit that fills now', { kind: 'limit', limitPrice: '110' }, '100', '99'],
    ['a stop order that waits', { kind: 'stop', stopPrice: '110' }, '105', undefined],
    ['a stop order that waits', { kind: 'stop', stopPrice: '110' }, '110', '110'],
    ['a stop order that is reached', { kind: 'stop', stopPrice: '90' }, '95', undefined],
    ['a stop-limit', { kind: 'stopLimit', stopPrice: '110', limitPrice: '108' }, '109', '108'],
    ['a stop-limit', { kind: 'stopLimit', stopPrice: '110', limitPrice: '112' }, '111', '110'],
    [
      'a stop-limit whose stop is reached',
      { kind: 'stopLimit', stopPrice: '90', limitPrice: '95' },
      '94',
      undefined,
    ],
  ])('are held against the prices that it names, of %s', (_what, how, price, reference) => {
    const refusal = refusalOf({ how, exits: { stopLoss: { price } } });
    expect(refusal).toEqual(
      reference === undefined ? undefined : expect.objectContaining({ reason: 'WRONG_SIDE', reference }),
    );
  });

  it('are counted from the average entry where it adds to a position', () => {
    const account = given(
      adopted(positionWith({}, { entryPrice: '121', quantity: '1', priceSource: 'quote' })),
    );
    expect(refusalOf({ account, exits: { stopLoss: { percent: '5' } } })).toEqual({
      reason: 'WRONG_SIDE',
      field: 'stopLoss.percent',
      value: '105.45',
      expected: 'below',
      reference: '101',
    });
    expect(refusalOf({ account, exits: { stopLoss: { percent: '15' } } })).toBeUndefined();
  });

  it('are counted from what the model of fills makes of the price', () => {
    const costs = { spreadPercent: '0', slippagePercent: '10', makerFeePercent: '0', takerFeePercent: '0' };
    const settings = { ...defaultSettings, fills: { kind: 'modelled' as const, ...costs } };
    const account = given({ type: 'AccountConfigured', settings, ...by });
    expect(refusalOf({ account, exits: { stopLoss: { percent: '5' } } })).toMatchObject({ value: '105.545' });
  });
});

describe('exits of an entry that its exits would reach at once', () => {
  const targets = [{ price: '104' }, { price: '102' }];

  it.each<[string, NonNullable<ExitsSpec['breakEven']>, string, string]>([
    ['a price', { after: { price: '103' }, offset: '2' }, '103', '103'],
    ['a percentage', { after: { percent: '1' }, offset: '1.01' }, '102.01', '102.01'],
    ['the second target', { after: { targets: 2 }, offset: '4' }, '105', '104'],
  ])('are refused: a shift to where %s that brings it has passed', (_what, breakEven, value, reference) => {
    expect(refusalOf({ exits: { targets, breakEven } })).toEqual({
      reason: 'WRONG_SIDE',
      field: 'breakEven.offset',
      value,
      expected: 'below',
      reference,
    });
    expect(refusalOf({ exits: { targets, breakEven: { ...breakEven, offset: '1' } } })).toBeUndefined();
  });

  it('are refused: a time that the feed has passed', () => {
    // The last tick is of a second after the epoch.
    expect(refusalOf({ exits: { timeExit: { at: 1_000 } } })).toEqual({
      reason: 'OUT_OF_RANGE',
      field: 'timeExit.at',
      value: '1000',
      range: 'after 1000, the last tick',
    });
    expect(refusalOf({ exits: { timeExit: { at: 1_001 } } })).toBeUndefined();
    expect(refusalOf({ exits: { timeExit: { afterMs: 1 } } })).toBeUndefined();
  });
});

const price = fc.constantFrom('97', '98', '99', '99.5', '100', '100.5', '101', '102', '103');
const source = fc.constantFrom<PriceSource>('trade', 'quote', 'mark');
const quoted: fc.Arbitrary<Quoted> = fc
  .record({ bid: price, above: fc.constantFrom('0', '0.5', '2'), trade: price, mark: price })
  .map(({ bid, above, trade, mark }) => ({
    bid,
    ask: String(Exact.of(bid).plus(Exact.of(above))),
    trade,
    mark,
  }));
const level = fc.record({ price, source }, { requiredKeys: ['price'] });
const exits: fc.Arbitrary<ExitsSpec> = fc.record(
  {
    stopLoss: level,
    targets: fc.array(level, { maxLength: 2 }),
    trailing: fc.record(
      { distance: fc.constantFrom('0.5', '1', '3'), source },
      { requiredKeys: ['distance'] },
    ),
    breakEven: fc.record({ after: price.map((of) => ({ price: of })), source }, { requiredKeys: ['after'] }),
  },
  { requiredKeys: [] },
);

describe('an entry at the market', () => {
  it('is taken just where nothing that protects it is reached by the prices that it fills at', () => {
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(
        fc.record({ exits, quoted, side: fc.constantFrom<Side>('long', 'short'), priceSource: source }),
        (asked) => {
          const placed = place(asked);
          const spared = { ...asked, exits: {} };
          if (placed.ok) {
            taken += 1;
            expect(reachedIn(evolveAll(given(), placed.value), asked.quoted)).toEqual([]);
          } else {
            refused += 1;
            const { refusal } = placed;
            if (refusal.reason !== 'WRONG_SIDE') throw new Error(refusal.reason);
            const { value, expected, reference } = refusal;
            const after = asked.exits.breakEven?.after;
            const shift = after !== undefined && 'price' in after ? [after.price] : [];
            expect([...Object.values(asked.quoted), ...shift]).toContain(reference);
            const from = Exact.of(value).against(reference);
            expect(expected === 'below' ? from >= 0 : from <= 0).toBe(true);
            expect(place(spared).ok).toBe(true);
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(30);
  });
});

/** The lines of the position that the prices would reach now. */
function reachedIn({ positions }: Account, prices: Quoted): readonly string[] {
  const position = positions.get('p1');
  return (position === undefined ? [] : linesOfPosition(position)).flatMap(({ id, line }) => {
    const now = Exact.of(prices[line.series] ?? '0');
    if (line.kind === 'fixed') {
      const from = now.against(formatDecimal(line.price));
      return (line.fires === 'atOrAbove' ? from >= 0 : from <= 0) ? [id] : [];
    }
    if (line.kind !== 'trailing' || !('absolute' in line.distance)) return [];
    const start = Exact.of(formatDecimal(line.start));
    const away = Exact.of(formatDecimal(line.distance.absolute));
    const isLong = line.follows === 'highest';
    const from = now.against(isLong ? start.minus(away) : start.plus(away));
    return (isLong ? from <= 0 : from >= 0) ? [id] : [];
  });
}
