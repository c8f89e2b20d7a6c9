import { Exact } from '../exact.oracle.ts';

/** Settings as plain data: what is compared is what they say, not in which order. */
export interface PlainSettings {
  readonly broker?: string;
  readonly fills:
    | { readonly kind: 'exact' }
    | { readonly kind: 'modelled'; readonly spreadPercent: string; readonly slippagePercent: string };
}

/**
 * What comes of new settings, by the rules in words: a sale must bring something, so half the spread and the slippage are
 * less than the whole price. A broker is one that is connected, or the one inside, and nothing is left open at the one
 * before. What says the same as before says nothing.
 */
export function plainConfigured(
  before: PlainSettings,
  asked: PlainSettings,
  {
    connected,
    positions,
    orders,
  }: { readonly connected: readonly string[]; readonly positions: number; readonly orders: number },
): object | 'configured' | 'nothing' {
  if (asked.fills.kind === 'modelled') {
    const { spreadPercent, slippagePercent } = asked.fills;
    const cost = Exact.of(spreadPercent).times('0.5').plus(Exact.of(slippagePercent));
    const range = 'half the spread and the slippage below 100 percent';
    if (cost.against(100) >= 0) return { reason: 'OUT_OF_RANGE', field: 'fills', value: String(cost), range };
  }
  const [from = 'shadow', to = 'shadow'] = [before.broker, asked.broker];
  if (from !== to && to !== 'shadow' && !connected.includes(to))
    return { reason: 'UNKNOWN_BROKER', field: 'broker', value: to };
  if (from !== to && positions + orders > 0)
    return { reason: 'BROKER_IN_USE', broker: from, openPositions: positions, workingOrders: orders };
  return sorted(before) === sorted(asked) ? 'nothing' : 'configured';
}

function sorted(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, part]) => `${key}=${sorted(part)}`);
  return `{${parts.toSorted().join()}}`;
}
