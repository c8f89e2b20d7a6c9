import type { AmountRefusal } from '../amount-refusal.ts';
import type { ArmedFrom } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';
import {
  type Decimal,
  type Price,
  add,
  compare,
  decimal,
  formatDecimal,
  isPositive,
  parseDecimal,
  roundToStep,
  subtract,
  sum,
} from '../units.ts';
import type { BreakEven, Exits, StopLoss, Target, TrailingStop } from './exits.ts';
import type { ExitsSpec, LevelSpec } from './exits-spec.ts';
import { mostPercentDown, percentOf, ppmOfPercent } from './percent.ts';
import type { Side } from './position.ts';
import { nearestFirst, optional } from './standing-exits.ts';

/** What exits are resolved against. */
export interface Entry {
  readonly side: Side;
  readonly entryPrice: Price;
  readonly armedFrom: ArmedFrom;
  /** Epoch milliseconds, the feed's time. */
  readonly openedAt: number;
  /**
   * Levels given in percent go to the nearest step towards the entry; where that is the entry or lies past it, to the
   * nearest away from it.
   */
  readonly tickSize?: string | undefined;
}

export type ExitsRefusal = AmountRefusal;

/** Turns exits as they were asked for into prices, once the entry is known. */
export function resolveExits(spec: ExitsSpec, entry: Entry): Result<Exits, ExitsRefusal> {
  const refusal = impossibleExits(spec);
  if (refusal !== undefined) return refuse(refusal);
  const exits: Exits = {
    targets: targetsOf(spec, entry),
    ...optional('stopLoss', stopOf(spec, entry)),
    ...optional('trailing', trailingOf(spec, entry)),
    ...optional('breakEven', breakEvenOf(spec, entry)),
    ...optional('timeExit', timeExitOf(spec, entry)),
  };
  const levels = {
    stopLoss: exits.stopLoss?.price,
    'trailing.activation': exits.trailing?.activation,
    'breakEven.after': priceOf(exits.breakEven?.after),
    'breakEven.offset': shiftedStop(exits.breakEven, entry),
  };
  for (const [field, price] of Object.entries(levels))
    if (price !== undefined && !isPositive(decimal(price)))
      return refuse({ reason: 'NOT_POSITIVE', field, value: price });
  for (const { id, price } of exits.targets)
    if (!isPositive(decimal(price)))
      return refuse({ reason: 'NOT_POSITIVE', field: `targets.${id}`, value: price });
  return ok(exits);
}

function priceOf(after: BreakEven['after'] | undefined): string | undefined {
  return after !== undefined && 'price' in after ? after.price : undefined;
}

/** Where the stop would go. */
function shiftedStop(shift: BreakEven | undefined, { side, entryPrice }: Entry): string | undefined {
  if (shift === undefined) return undefined;
  const offset = decimal(shift.offset);
  return formatDecimal(side === 'long' ? add(entryPrice, offset) : subtract(entryPrice, offset));
}

function stopOf({ stopLoss }: ExitsSpec, entry: Entry): StopLoss | undefined {
  if (stopLoss === undefined) return undefined;
  const { armedFrom } = entry;
  return { price: levelOf(stopLoss, entry, 'loss'), armedFrom, ...optional('source', stopLoss.source) };
}

function targetsOf({ targets = [] }: ExitsSpec, entry: Entry): readonly Target[] {
  const rungs = targets.map((target, i) => ({
    id: String(i + 1),
    price: levelOf(target, entry, 'gain'),
    armedFrom: entry.armedFrom,
    ...optional('size', target.size),
    ...optional('source', target.source),
  }));
  return closingAll(nearestFirst(rungs, entry.side));
}

/**
 * Shares that come to 1 are all of the position: the farthest rung closes what the others leave, so that nothing of it stays behind
 * where they were rounded to whole lots. Rungs that look at several prices are reached in any order, and stay as they are.
 */
function closingAll(rungs: readonly Target[]): readonly Target[] {
  const shares = rungs.map(({ size }) => (size !== undefined && 'share' in size ? size.share : undefined));
  const isWhole = shares.every((share) => share !== undefined);
  const isOfOnePrice = rungs.every(({ source }) => source === rungs[0]?.source);
  if (!isWhole || !isOfOnePrice || compare(sum(shares.map(decimal)), decimal('1')) !== 0) return rungs;
  return rungs.map(({ size, ...rung }, i) =>
    i === rungs.length - 1 || size === undefined ? rung : { ...rung, size },
  );
}

function trailingOf({ trailing }: ExitsSpec, entry: Entry): TrailingStop | undefined {
  if (trailing === undefined) return undefined;
  const { activation } = trailing;
  return {
    distance:
      'distance' in trailing ? { absolute: trailing.distance } : { ppm: ppmOfPercent(trailing.percent) },
    start: formatDecimal(entry.entryPrice),
    armedFrom: entry.armedFrom,
    ...(activation === undefined ? {} : { activation: levelOf(activation, entry, 'gain') }),
    ...optional('source', trailing.source),
  };
}

function breakEvenOf({ breakEven }: ExitsSpec, entry: Entry): BreakEven | undefined {
  if (breakEven === undefined) return undefined;
  const { after, offset = '0', source } = breakEven;
  return {
    after: 'targets' in after ? after : { price: levelOf(after, entry, 'gain') },
    offset,
    armedFrom: entry.armedFrom,
    ...optional('source', source),
  };
}

function timeExitOf({ timeExit }: ExitsSpec, { openedAt, armedFrom }: Entry): Exits['timeExit'] {
  if (timeExit === undefined) return undefined;
  return { at: 'at' in timeExit ? timeExit.at : openedAt + timeExit.afterMs, armedFrom };
}

function levelOf(level: LevelSpec, { side, entryPrice, tickSize }: Entry, way: 'loss' | 'gain'): string {
  if ('price' in level) return formatDecimal(decimal(level.price));
  const distance = percentOf(level.percent, entryPrice);
  const isAbove = (side === 'long') === (way === 'gain');
  const exact = isAbove ? add(entryPrice, distance) : subtract(entryPrice, distance);
  if (tickSize === undefined) return formatDecimal(exact);
  // A step towards the entry: a stop protects no less, a target is reached no later than was asked. But a level at the
  // entry or past it would be reached as it is armed.
  const step = decimal(tickSize);
  const towards = roundToStep(exact, step, isAbove ? 'floor' : 'ceil');
  const fromEntry = compare(towards, entryPrice);
  const away = roundToStep(exact, step, isAbove ? 'ceil' : 'floor');
  const isPast = isAbove ? fromEntry <= 0 : fromEntry >= 0;
  const price = isPast && isPositive(away) ? away : towards;
  return formatDecimal(price);
}

/** Why no position can have such exits, whatever its entry. */
export function impossibleExits(spec: ExitsSpec): ExitsRefusal | undefined {
  for (const [field, value] of amountsOf(spec)) {
    const parsed = parseDecimal(value);
    if (parsed === undefined || !isPositive(parsed)) return { reason: 'NOT_POSITIVE', field, value };
  }
  const percent = spec.trailing !== undefined && 'percent' in spec.trailing ? spec.trailing.percent : '1';
  if (compare(decimal(percent), decimal(mostPercentDown)) > 0) {
    const range = `at most ${mostPercentDown}`;
    return { reason: 'OUT_OF_RANGE', field: 'trailing.percent', value: percent, range };
  }
  return shareRefusal(spec);
}

function shareRefusal({ targets = [], breakEven }: ExitsSpec): ExitsRefusal | undefined {
  const shares = targets.flatMap(({ size }) =>
    size !== undefined && 'share' in size ? [decimal(size.share)] : [],
  );
  const total: Decimal = sum(shares);
  if (compare(total, decimal('1')) > 0)
    return {
      reason: 'OUT_OF_RANGE',
      field: 'targets',
      value: formatDecimal(total),
      range: 'shares of at most 1 together',
    };
  const after = breakEven?.after;
  if (after !== undefined && 'targets' in after && (after.targets < 1 || after.targets > targets.length))
    return {
      reason: 'OUT_OF_RANGE',
      field: 'breakEven.after.targets',
      value: String(after.targets),
      range: `1 to ${targets.length}, the number of targets`,
    };
  return undefined;
}

/** Every amount that must be above zero, by the name of its field. */
function amountsOf({ stopLoss, targets = [], trailing, breakEven }: ExitsSpec): [string, string][] {
  const after = breakEven?.after;
  return [
    ...amountOf('stopLoss', stopLoss),
    ...targets.flatMap((target, i): [string, string][] => {
      const { size } = target;
      const field = `targets.${i}`;
      if (size === undefined) return amountOf(field, target);
      const [name, value] = 'share' in size ? ['share', size.share] : ['quantity', size.quantity];
      return [...amountOf(field, target), [`${field}.size.${name}`, value]];
    }),
    ...(trailing === undefined
      ? []
      : 'distance' in trailing
        ? [['trailing.distance', trailing.distance] satisfies [string, string]]
        : [['trailing.percent', trailing.percent] satisfies [string, string]]),
    ...amountOf('trailing.activation', trailing?.activation),
    ...(after !== undefined && !('targets' in after) ? amountOf('breakEven.after', after) : []),
  ];
}

/** The price or percentage of a level that is asked for. */
function amountOf(field: string, level: LevelSpec | undefined): [string, string][] {
  if (level === undefined) return [];
  return ['price' in level ? [`${field}.price`, level.price] : [`${field}.percent`, level.percent]];
}
