import type { Line, LineReason, NamedLine } from '../book/line.ts';
import { type ArmedFrom, type PriceSource, seriesOf } from '../market/tick.ts';
import { decimal } from '../units.ts';
import type { Exits, TrailingStop } from './exits.ts';
import type { PositionTerms } from './position.ts';

/** The lines of a position's exits: a long is sold at the bid, a short bought back at the ask. */
export function linesOfPosition(position: PositionTerms): NamedLine[] {
  const { stopLoss, targets, trailing, breakEven, timeExit } = position.exits;
  const lines: NamedLine[] = [];
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
