import { shadowBroker } from '../account/settings.ts';
import type { Line, LineReason, NamedLine } from '../book/line.ts';
import { type ArmedFrom, type PriceSource, seriesOf } from '../market/tick.ts';
import { decimal } from '../units.ts';
import type { Exits, TrailingStop } from './exits.ts';
import type { Position, PositionState, PositionTerms, WorkingExit } from './position.ts';

/**
 * The lines of a position's exits: a long is sold at the bid, a short bought back at the ask. What is left of a closing
 * order at the shadow broker fills at the next tick, whatever its price; once that is all of the position,
 * nothing else is watched.
 */
export function linesOfPosition(position: Position): NamedLine[] {
  const { stopLoss, targets, trailing, breakEven, timeExit } = position.exits;
  const lines =
    position.broker === shadowBroker ? position.exiting.flatMap((rest) => restLine(position, rest)) : [];
  if (lines.length > 0 && position.status === 'closing') return lines;
  if (stopLoss !== undefined)
    lines.push(levelLine(position, 'stop', stopLoss, { reason: 'stopLoss', isLossSide: true }));
  if (trailing !== undefined) lines.push(trailingLine(position, trailing));
  if (breakEven !== undefined && 'price' in breakEven.after) {
    const level = { ...breakEven, price: breakEven.after.price };
    lines.push(levelLine(position, 'break-even', level, { reason: 'breakEven', isLossSide: false }));
  }
  for (const target of targets)
    lines.push(
      levelLine(position, `target-${target.id}`, target, { reason: 'takeProfit', isLossSide: false }),
    );
  if (timeExit !== undefined) {
    const series = exitSeries(position, position.priceSource);
    const { at, armedFrom } = timeExit;
    lines.push({ id: 'time', armedFrom, line: { kind: 'time', reason: 'timeExit', series, at } });
  }
  return lines;
}

/** Which rung of the ladder a line's name means. */
export function targetOfLine(exits: Exits, lineId: string): Exits['targets'][number] | undefined {
  return exits.targets.find(({ id }) => `target-${id}` === lineId);
}

/** Which closing order's rest a line's name means. */
export function workingOfLine({ exiting, broker }: PositionState, lineId: string): WorkingExit | undefined {
  if (broker !== shadowBroker) return undefined;
  // Snapshots of before name it after the whole id.
  return exiting.find(
    ({ order: { clientOrderId } }) => lineId === restId(clientOrderId) || lineId === `rest-${clientOrderId}`,
  );
}

function restLine(position: Position, { order, armedFrom }: WorkingExit): NamedLine[] {
  if (armedFrom === undefined) return [];
  const series = exitSeries(position, position.priceSource);
  const line: Line = { kind: 'time', reason: 'order', series, at: 0 };
  return [{ id: restId(order.clientOrderId), armedFrom, line }];
}

/** By what its order is named within the position: books keep the names of lines, so there are few. */
function restId(clientOrderId: string): string {
  return `rest-${clientOrderId.slice(clientOrderId.lastIndexOf('.') + 1)}`;
}

function levelLine(
  position: PositionTerms,
  id: string,
  level: { readonly price: string; readonly source?: PriceSource; readonly armedFrom: ArmedFrom },
  kind: { readonly reason: LineReason; readonly isLossSide: boolean },
): NamedLine {
  const fires = (position.side === 'long') === kind.isLossSide ? 'atOrBelow' : 'atOrAbove';
  const series = exitSeries(position, level.source ?? position.priceSource);
  const line: Line = { kind: 'fixed', reason: kind.reason, series, fires, price: decimal(level.price) };
  return { id, armedFrom: level.armedFrom, line };
}

function trailingLine(position: PositionTerms, trailing: TrailingStop): NamedLine {
  const { activation, distance, start, source, armedFrom } = trailing;
  if (activation !== undefined) {
    const level = { ...trailing, price: activation };
    return levelLine(position, 'activation', level, { reason: 'activation', isLossSide: false });
  }
  return {
    id: 'trail',
    armedFrom,
    line: {
      kind: 'trailing',
      reason: 'trailingStop',
      series: exitSeries(position, source ?? position.priceSource),
      follows: position.side === 'long' ? 'highest' : 'lowest',
      distance: 'ppm' in distance ? distance : { absolute: decimal(distance.absolute) },
      start: decimal(start),
    },
  };
}

function exitSeries({ side }: PositionTerms, source: PriceSource) {
  return seriesOf(source, side === 'long' ? 'bid' : 'ask');
}
