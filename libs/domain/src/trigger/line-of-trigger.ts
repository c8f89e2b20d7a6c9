import type { Line, NamedLine } from '../book/line.ts';
import { seriesOf } from '../market/tick.ts';
import { ppmOfPercent } from '../position/percent.ts';
import { decimal } from '../units.ts';
import type { TriggerTerms } from './trigger.ts';

/**
 * The lines of a trigger: its condition, and its end where it has one. Of quotes, below looks at the bid,
 * above at the ask, and what moves or waits at the bid.
 */
export function linesOfTrigger(trigger: TriggerTerms): NamedLine[] {
  const { armedFrom, expiresAt, priceSource } = trigger;
  const lines: NamedLine[] = [{ id: 'trigger', armedFrom, line: conditionLine(trigger) }];
  if (expiresAt !== undefined) {
    const series = seriesOf(priceSource, 'bid');
    lines.push({ id: 'expiry', armedFrom, line: { kind: 'time', reason: 'expiry', series, at: expiresAt } });
  }
  return lines;
}

function conditionLine({ when, priceSource }: TriggerTerms): Line {
  switch (when.kind) {
    case 'price': {
      const isAbove = when.direction === 'above';
      return {
        kind: 'fixed',
        reason: 'trigger',
        series: seriesOf(priceSource, isAbove ? 'ask' : 'bid'),
        fires: isAbove ? 'atOrAbove' : 'atOrBelow',
        price: decimal(when.price),
      };
    }
    case 'move': {
      const { direction, percent, windowMs } = when;
      const series = seriesOf(priceSource, 'bid');
      return { kind: 'move', reason: 'trigger', series, direction, ppm: ppmOfPercent(percent), windowMs };
    }
    case 'time':
      return { kind: 'time', reason: 'trigger', series: seriesOf(priceSource, 'bid'), at: when.at };
  }
}
