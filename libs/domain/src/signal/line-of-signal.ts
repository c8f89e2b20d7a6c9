import type { NamedLine } from '../book/line.ts';
import { seriesOf } from '../market/tick.ts';
import type { SignalTerms } from './signal.ts';

/** The one line of a signal: its end. */
export function linesOfSignal({ armedFrom, expiresAt, priceSource }: SignalTerms): NamedLine[] {
  const series = seriesOf(priceSource, 'bid');
  return [{ id: 'expiry', armedFrom, line: { kind: 'time', reason: 'expiry', series, at: expiresAt } }];
}
