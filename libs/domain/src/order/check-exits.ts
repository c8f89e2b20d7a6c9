import type { Account } from '../account/account.ts';
import type { Instrument } from '../market/instrument.ts';
import { type SymbolPrices, tickFor } from '../market/symbol-prices.ts';
import { type ArmedFrom, type PriceSource, type TickReference, seriesOf } from '../market/tick.ts';
import type { Exits } from '../position/exits.ts';
import type { ExitsSpec, LevelSpec } from '../position/exits-spec.ts';
import { ladderBelowMinimum } from '../position/ladder-below-minimum.ts';
import { percentOf } from '../position/percent.ts';
import { averageEntry } from '../position/pnl.ts';
import type { Side } from '../position/position.ts';
import { type ExitsRefusal, impossibleExits, resolveExits } from '../position/resolve-exits.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import {
  type Price,
  add,
  compare,
  decimal,
  formatDecimal,
  isPositive,
  parseDecimal,
  subtract,
} from '../units.ts';
import { isMarketable } from './execute-order.ts';
import { fillPrice } from './fill.ts';
import type { BelowMinimum } from './least-notional.ts';
import type { OrderKind } from './order.ts';

/** A level of an entry's exits that would be reached as soon as the entry fills, or as another one brings it. */
export type WrongSide = {
  readonly reason: 'WRONG_SIDE';
  readonly field: string;
  /** The level: what the field comes to where it is given in percent, or as a distance. */
  readonly value: string;
  readonly expected: 'below' | 'above';
  /** The price on whose other side it lies, or at which. */
  readonly reference: string;
};

export type ExitsCheckRefusal =
  | ExitsRefusal
  | WrongSide
  | BelowMinimum
  /** Nobody knows a price that they could be held against. */
  | { readonly reason: 'NO_PRICE'; readonly symbol: string };

export type CheckedEntry = Pick<
  EntrySpec,
  'positionId' | 'symbol' | 'side' | 'how' | 'quantity' | 'priceSource'
>;

export interface ExitsContext {
  readonly now: number;
  readonly armedFrom: ArmedFrom;
  readonly prices: SymbolPrices;
  /** What the entry would fill at now, where that is known. */
  readonly last: TickReference | undefined;
  /** Where it is known. */
  readonly instrument?: Instrument | undefined;
}

/**
 * Why an entry cannot have these exits: an amount that can be none, or a level on the wrong side. Of an order that fills now, levels
 * are held against what it fills at and against the last price of what they look at; of one that waits, against the prices that it
 * names. Where the market jumps over a level before such an order fills, the level executes: it says how much may be lost.
 */
export function checkExits(
  account: Account,
  entry: CheckedEntry,
  spec: ExitsSpec,
  { now, armedFrom, prices, last, instrument }: ExitsContext,
): ExitsCheckRefusal | undefined {
  const { symbol, side, how, priceSource } = entry;
  const current = last && decimal(last.price);
  const orderSide = side === 'long' ? 'buy' : 'sell';
  const named = awaitedPrices(how, orderSide, current);
  const price = named.at(-1) ?? (last && fillPrice(account.settings.fills, orderSide, last));
  if (price === undefined) return impossibleExits(spec) ?? { reason: 'NO_PRICE', symbol };
  const entryPrice = averageWith(account, entry, price);
  const resolved = resolveExits(spec, {
    side,
    entryPrice,
    armedFrom,
    openedAt: now,
    tickSize: instrument?.tickSize,
  });
  if (!resolved.ok) return resolved.refusal;
  const { timeExit } = spec;
  if (timeExit !== undefined && 'at' in timeExit && last !== undefined && timeExit.at <= last.exchangeAt) {
    const range = `after ${last.exchangeAt}, the last tick`;
    return { reason: 'OUT_OF_RANGE', field: 'timeExit.at', value: String(timeExit.at), range };
  }
  const exitSide = side === 'long' ? 'bid' : 'ask';
  const referencesOf = (source: PriceSource): readonly Price[] => {
    if (named.length > 0) return named;
    const own = prices[seriesOf(source, exitSide)] ?? tickFor(prices, exitSide);
    const filled = current !== undefined && source === priceSource ? [current] : [];
    return [...filled, ...(own === undefined ? [] : [decimal(own.price)])];
  };
  for (const level of levelsOf(spec, resolved.value, side)) {
    const wrong = wrongSide(level, side, referencesOf(level.source ?? priceSource));
    if (wrong !== undefined) return wrong;
  }
  return (
    shiftedTooFar(resolved.value, side, entryPrice) ??
    (instrument && ladderOf(account, entry, resolved.value, { entryPrice, instrument }))
  );
}

/** What the ladder closes once the order has filled whole. */
function ladderOf(
  account: Account,
  { positionId, quantity }: CheckedEntry,
  exits: Exits,
  { entryPrice, instrument }: { readonly entryPrice: Price; readonly instrument: Instrument },
): BelowMinimum | undefined {
  const added = parseDecimal(quantity);
  if (added === undefined || !isPositive(added)) return undefined;
  const position = account.positions.get(positionId);
  const held = position === undefined || position.status === 'closed' ? undefined : position;
  const whole = (before: string | undefined): string => formatDecimal(add(decimal(before ?? '0'), added));
  const sized = {
    quantity: whole(held?.quantity),
    enteredQuantity: whole(held?.enteredQuantity),
    entryPrice,
    lotSize: instrument.lotSize,
  };
  return ladderBelowMinimum(exits, sized, instrument);
}

/** Why a level is not beyond all of these prices. */
function wrongSide(
  { field, value, way }: Level,
  side: Side,
  references: readonly Price[],
): WrongSide | undefined {
  const expected = (side === 'long') === (way === 'loss') ? 'below' : 'above';
  const passed = references.find((reference) => {
    const from = compare(value, reference);
    return expected === 'below' ? from >= 0 : from <= 0;
  });
  if (passed === undefined) return undefined;
  const reference = formatDecimal(passed);
  return { reason: 'WRONG_SIDE', field, value: formatDecimal(value), expected, reference };
}

/** A stop that is moved to where the price that moves it has reached it already. */
function shiftedTooFar({ breakEven, targets }: Exits, side: Side, entryPrice: Price): WrongSide | undefined {
  if (breakEven === undefined) return undefined;
  const { after, offset } = breakEven;
  const at = 'price' in after ? after.price : targets[after.targets - 1]?.price;
  if (at === undefined) return undefined;
  const away = decimal(offset);
  const value = side === 'long' ? add(entryPrice, away) : subtract(entryPrice, away);
  return wrongSide({ field: 'breakEven.offset', value, way: 'loss' }, side, [decimal(at)]);
}

/** The prices that an order waits for, the one that it fills at last; none where it fills at the current one. */
function awaitedPrices(how: OrderKind, side: 'buy' | 'sell', current: Price | undefined): readonly Price[] {
  const stop = 'stopPrice' in how ? decimal(how.stopPrice) : undefined;
  const limit = 'limitPrice' in how ? decimal(how.limitPrice) : undefined;
  if (current === undefined) return [stop, limit].filter((price) => price !== undefined);
  const fromStop = stop === undefined ? 0 : compare(current, stop);
  const awaitsStop = side === 'buy' ? fromStop < 0 : fromStop > 0;
  const awaitsLimit = limit !== undefined && (awaitsStop || !isMarketable(side, current, limit));
  return [...(stop !== undefined && awaitsStop ? [stop] : []), ...(awaitsLimit ? [limit] : [])];
}

/** The average entry of the position once the order has filled at `price`: what levels in percent are counted from. */
function averageWith(account: Account, { positionId, quantity }: CheckedEntry, price: Price): Price {
  const position = account.positions.get(positionId);
  const added = parseDecimal(quantity);
  if (position === undefined || position.status === 'closed') return price;
  if (added === undefined || !isPositive(added)) return price;
  const held = { quantity: decimal(position.quantity), price: decimal(position.entryPrice) };
  return averageEntry(position.contract, held, { quantity: added, price });
}

interface Level {
  readonly field: string;
  readonly value: Price;
  readonly way: 'loss' | 'gain';
  readonly source?: PriceSource | undefined;
}

/** Where each exit would execute, or a shift would move the stop. */
function levelsOf(spec: ExitsSpec, exits: Exits, side: Side): readonly Level[] {
  const { stopLoss, targets, trailing, breakEven } = exits;
  const levels: Level[] = [];
  if (stopLoss !== undefined) {
    const { price, source } = stopLoss;
    levels.push({ field: `stopLoss.${kindOf(spec.stopLoss)}`, value: decimal(price), way: 'loss', source });
  }
  if (trailing !== undefined && spec.trailing !== undefined && trailing.activation === undefined) {
    const start = decimal(trailing.start);
    const isPercent = 'percent' in spec.trailing;
    const distance = isPercent ? percentOf(spec.trailing.percent, start) : decimal(spec.trailing.distance);
    const value = side === 'long' ? subtract(start, distance) : add(start, distance);
    const field = isPercent ? 'trailing.percent' : 'trailing.distance';
    levels.push({ field, value, way: 'loss', source: trailing.source });
  }
  for (const { id, price, source } of targets) {
    const index = Number(id) - 1;
    const field = `targets.${index}.${kindOf(spec.targets?.[index])}`;
    levels.push({ field, value: decimal(price), way: 'gain', source });
  }
  const after = breakEven?.after;
  if (after !== undefined && 'price' in after) {
    const asked = spec.breakEven?.after;
    const kind = asked !== undefined && 'percent' in asked ? 'percent' : 'price';
    levels.push({
      field: `breakEven.after.${kind}`,
      value: decimal(after.price),
      way: 'gain',
      source: breakEven?.source,
    });
  }
  return levels;
}

function kindOf(level: LevelSpec | undefined): 'price' | 'percent' {
  return level !== undefined && 'percent' in level ? 'percent' : 'price';
}
