import {
  type CandleInterval,
  type Market,
  type Span,
  candleIntervals,
  isCandleInterval,
} from '@bellwether/history';
import { InputError } from '../input-error.ts';
import { parseSpan } from '../parse-time.ts';

/** What the commands that read history are asked. */
export interface SelectionOptions {
  readonly symbol: string;
  readonly venue: string;
  readonly kind: Market['kind'];
  readonly from: string;
  readonly to: string;
}

/** Whose ticks of when. @throws InputError that names the option. */
export function parseSelection({ symbol, venue, kind, from, to }: SelectionOptions): {
  readonly market: Market;
  readonly span: Span;
} {
  return { market: { symbol, venue, kind }, span: parseSpan(from, to) };
}

/** @throws InputError that names the intervals that there are. */
export function parseInterval(name: string): CandleInterval {
  if (isCandleInterval(name)) return name;
  throw new InputError(
    `--interval: must be one of ${Object.keys(candleIntervals).join(', ')}, not "${name}"`,
  );
}
