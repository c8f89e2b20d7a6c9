import {
  type CandleInterval,
  type Market,
  type Span,
  candleIntervals,
  isCandleInterval,
} from '@bellwether/history';
import { InputError } from '../input-error.ts';

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

/** @throws InputError that names the option. */
export function parseSpan(from: string, to: string): Span {
  const span = { from: parseTime('--from', from), to: parseTime('--to', to) };
  if (span.to <= span.from)
    throw new InputError(`--to: must be after --from, and "${to}" is not after "${from}"`);
  return span;
}

/** @throws InputError that names the intervals that there are. */
export function parseInterval(name: string): CandleInterval {
  if (isCandleInterval(name)) return name;
  throw new InputError(
    `--interval: must be one of ${Object.keys(candleIntervals).join(', ')}, not "${name}"`,
  );
}

function parseTime(option: string, text: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const isMilliseconds = /^\d{9,14}$/.test(text);
  const at = isDay || isTime ? Date.parse(text) : isMilliseconds ? Number(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new InputError(
      `${option}: must be a day (2026-11-27, UTC), a time with its zone (2026-11-27T18:00:00Z) or epoch milliseconds, not "${text}"`,
    );
  return new Date(at);
}
