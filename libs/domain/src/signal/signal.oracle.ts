/** A signal in plain facts; times in milliseconds. */
export interface PlainSignal {
  readonly id: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly confidence: number;
  readonly expiresAt: number;
  /** What it opens by itself; it may be of another symbol or side, and is refused then. */
  readonly entry?: PlainView;
  readonly waits: boolean;
}

export interface PlainView {
  readonly symbol: string;
  readonly side: 'long' | 'short';
}

export type PlainStep =
  | { readonly do: 'create'; readonly signal: PlainSignal }
  | { readonly do: 'act'; readonly id: string; readonly entry?: PlainView }
  | { readonly do: 'close'; readonly id: string }
  | { readonly do: 'switch'; readonly to: 'active' | 'reducing' | 'halted' }
  | { readonly do: 'tick'; readonly symbol: string; readonly at: number };

/**
 * What becomes of signals, a line for each step that says something, by the rules in words.
 *
 * A signal's id is used once. It is active until it is acted on, closed, or a tick of its symbol comes at or after its end; a
 * tick from before its creation does not count. Acting on it opens its entry, or that which is given, at once, or arms
 * a trigger where it waits for something; either way it is done once and wholly, in an account that trades. What was acted
 * on may be closed, what is over may not.
 */
export function plainSignals(steps: readonly PlainStep[], startsAt: number): string[] {
  const said: string[] = [];
  const signals = new Map<
    string,
    { readonly signal: PlainSignal; status: 'active' | 'actedOn' | 'closed' | 'expired' }
  >();
  const lastTickAt = new Map<string, number>();
  let now = startsAt;
  let trading = 'active';
  const clash = ({ symbol, side }: PlainSignal, entry: PlainView | undefined): string | undefined =>
    entry === undefined
      ? undefined
      : entry.symbol !== symbol
        ? 'OTHER_ENTRY entry.symbol'
        : entry.side === side
          ? undefined
          : 'OTHER_ENTRY entry.side';

  const create = (signal: PlainSignal): string => {
    if (signals.has(signal.id)) return 'SIGNAL_EXISTS';
    if (signal.confidence < 0 || signal.confidence > 1) return 'NOT_A_CONFIDENCE';
    if (signal.expiresAt <= now) return 'ENDS_BEFORE_NOW';
    const other = clash(signal, signal.entry);
    if (other !== undefined) return other;
    signals.set(signal.id, { signal, status: 'active' });
    return `created ${signal.id}`;
  };
  const act = (id: string, given: PlainView | undefined): string => {
    const found = signals.get(id);
    if (found?.status !== 'active') return `NOT_ACTIVE ${found?.status ?? 'unknown'}`;
    const { signal } = found;
    const ticked = lastTickAt.get(signal.symbol);
    if (ticked !== undefined && ticked >= signal.expiresAt) return 'SIGNAL_OVER';
    const entry = given ?? signal.entry;
    if (entry === undefined) return 'NO_ENTRY';
    const other = clash(signal, entry);
    if (other !== undefined) return other;
    if (!signal.waits && ticked === undefined) return 'NO_PRICE';
    if (trading !== 'active') return `TRADING_${trading.toUpperCase()}`;
    found.status = 'actedOn';
    return signal.waits ? `armed by ${id}` : `opened by ${id}`;
  };

  for (const step of steps) {
    switch (step.do) {
      case 'create':
        said.push(create(step.signal));
        break;
      case 'act':
        said.push(act(step.id, step.entry));
        break;
      case 'close': {
        const found = signals.get(step.id);
        const isOpen = found?.status === 'active' || found?.status === 'actedOn';
        if (isOpen && found !== undefined) found.status = 'closed';
        said.push(isOpen ? `closed ${step.id}` : 'NOT_OPEN');
        break;
      }
      case 'switch':
        trading = step.to;
        break;
      case 'tick':
        now = step.at;
        lastTickAt.set(step.symbol, now);
        for (const each of signals.values()) {
          const { id, symbol, expiresAt } = each.signal;
          if (each.status !== 'active' || symbol !== step.symbol || now < expiresAt) continue;
          each.status = 'expired';
          said.push(`expired ${id}`);
        }
    }
  }
  return said;
}
