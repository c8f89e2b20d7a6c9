import { Exact } from '../exact.oracle.ts';
import type { ArmedFrom } from '../market/tick.ts';
import type { ExitsSpec, LevelSpec } from './exits-spec.ts';

export interface PlainEntry {
  readonly side: 'long' | 'short';
  readonly entryPrice: string;
  readonly tickSize?: string;
  readonly openedAt: number;
  readonly armedFrom: ArmedFrom;
}

/**
 * Exits as prices, or the first reason why there are none, by the rules in words.
 *
 * A percentage is a distance from the entry: against the position for a stop, in its favour for all else. Such a level
 * goes to the tick between it and the entry that is nearest to it, and where there is none to the next one beyond it. Rungs are numbered as they are asked for, and stand nearest
 * first. What is asked for is above zero, and so is every level that comes of it; a trail leaves a millionth of a
 * price at least, shares are at most the whole, and a shift waits for no more rungs than there are. Where all rungs have shares, of
 * one price, that come to the whole, the farthest has none.
 */
export function plainLevels(spec: ExitsSpec, entry: PlainEntry): object {
  const { stopLoss, targets = [], trailing, breakEven, timeExit } = spec;
  const { side, entryPrice, tickSize, armedFrom, openedAt } = entry;
  const after = breakEven?.after;
  const asked: [string, string | undefined][] = [
    ...levelAmounts('stopLoss', stopLoss),
    ...targets.flatMap((target, i): [string, string | undefined][] => [
      ...levelAmounts(`targets.${i}`, target),
      ...Object.entries(target.size ?? {}).map(([name, value]): [string, string] => [
        `targets.${i}.size.${name}`,
        value,
      ]),
    ]),
    ...(trailing === undefined
      ? []
      : 'distance' in trailing
        ? [['trailing.distance', trailing.distance] satisfies [string, string]]
        : [['trailing.percent', trailing.percent] satisfies [string, string]]),
    ...levelAmounts('trailing.activation', trailing?.activation),
    ...(after === undefined || 'targets' in after ? [] : levelAmounts('breakEven.after', after)),
  ];
  for (const [field, value = ''] of asked)
    if (!/^\d+(\.\d+)?$/.test(value) || Exact.of(value).against(0) <= 0)
      return { refusal: { reason: 'NOT_POSITIVE', field, value } };
  if (trailing !== undefined && 'percent' in trailing && Exact.of(trailing.percent).against('99.9999') > 0)
    return outOfRange('trailing.percent', trailing.percent, 'at most 99.9999');
  let whole = Exact.of(0);
  for (const { size } of targets)
    if (size !== undefined && 'share' in size) whole = whole.plus(Exact.of(size.share));
  if (whole.against(1) > 0) return outOfRange('targets', String(whole), 'shares of at most 1 together');
  if (after !== undefined && 'targets' in after && (after.targets < 1 || after.targets > targets.length)) {
    const range = `1 to ${targets.length}, the number of targets`;
    return outOfRange('breakEven.after.targets', String(after.targets), range);
  }

  const from = Exact.of(entryPrice);
  const favour = side === 'long' ? 1 : -1;
  const levelOf = (level: LevelSpec, way: 1 | -1): string => {
    if ('price' in level) return String(Exact.of(level.price));
    const distance = from.times(level.percent).times('0.01');
    const exact = from.plus(distance.times(way * favour));
    if (tickSize === undefined) return String(exact);
    const tick = Exact.of(tickSize);
    const isUp = way * favour > 0;
    const towards = exact.to(tick, isUp ? 'down' : 'up');
    const isPast = isUp ? towards.against(from) <= 0 : towards.against(from) >= 0;
    const away = exact.to(tick, isUp ? 'up' : 'down');
    return String(isPast && away.against(0) > 0 ? away : towards);
  };
  const rungs = targets
    .map((target, i) => {
      const { size, source } = target;
      return {
        id: String(i + 1),
        price: levelOf(target, 1),
        armedFrom,
        ...(size === undefined ? {} : { size }),
        ...(source === undefined ? {} : { source }),
      };
    })
    .toSorted((a, b) => favour * Exact.of(a.price).against(b.price));
  const [nearest] = rungs;
  const isLadder = rungs.every(({ size, source }) => size && 'share' in size && source === nearest?.source);
  // Shares of all of it: the farthest closes what is left.
  if (isLadder && whole.against(1) === 0) delete rungs.at(-1)?.size;
  const activation = trailing?.activation && levelOf(trailing.activation, 1);
  const reached = after === undefined || 'targets' in after ? undefined : levelOf(after, 1);
  const offset = breakEven?.offset ?? '0';
  const shifted = breakEven && String(from.plus(Exact.of(offset).times(favour)));
  const stop = stopLoss && levelOf(stopLoss, -1);
  const levels: [string, string | undefined][] = [
    ['stopLoss', stop],
    ['trailing.activation', activation],
    ['breakEven.after', reached],
    ['breakEven.offset', shifted],
    ...rungs.map(({ id, price }): [string, string] => [`targets.${id}`, price]),
  ];
  for (const [field, value] of levels)
    if (value !== undefined && Exact.of(value).against(0) <= 0)
      return { refusal: { reason: 'NOT_POSITIVE', field, value } };

  const parts = {
    targets: rungs,
    stopLoss: stopLoss && { price: stop, armedFrom, ...sourced(stopLoss) },
    trailing: trailing && {
      distance:
        'distance' in trailing
          ? { absolute: trailing.distance }
          : { ppm: Number(String(Exact.of(trailing.percent).times(10_000).digits(0, 'up'))) },
      start: String(from),
      armedFrom,
      ...(activation === undefined ? {} : { activation }),
      ...sourced(trailing),
    },
    breakEven: breakEven && {
      after: reached === undefined ? after : { price: reached },
      offset,
      armedFrom,
      ...sourced(breakEven),
    },
    timeExit: timeExit && { at: 'at' in timeExit ? timeExit.at : openedAt + timeExit.afterMs, armedFrom },
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

function outOfRange(field: string, value: string, range: string) {
  return { refusal: { reason: 'OUT_OF_RANGE', field, value, range } };
}

function sourced({ source }: { readonly source?: unknown }): object {
  return source === undefined ? {} : { source };
}

function levelAmounts(field: string, level: LevelSpec | undefined): [string, string][] {
  if (level === undefined) return [];
  return 'price' in level ? [[`${field}.price`, level.price]] : [[`${field}.percent`, level.percent]];
}
