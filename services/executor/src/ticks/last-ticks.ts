import type { Frame, FrameInstrument } from '@bellwether/contracts';
import { type PriceSeries, type SymbolPrices, type TickReference, formatDecimal } from '@bellwether/domain';

/**
 * The last tick of each series of a shard's symbols, as of the last frame that was judged. A frame costs as
 * much as it has instruments: what a symbol's last tick says is looked up in its frame when it is asked for.
 */
export class LastTicks {
  readonly #frames = new Map<string, { [Kind in FrameInstrument['kind']]?: Frame }>();

  of(symbol: string): SymbolPrices {
    const { trade, quote, mark } = this.#frames.get(symbol) ?? {};
    return {
      ...lastIn(trade, symbol, 'trade'),
      ...lastIn(quote, symbol, 'quote'),
      ...lastIn(mark, symbol, 'mark'),
    };
  }

  note(frame: Frame): void {
    for (const { symbol, kind } of frame.instruments) {
      const known = this.#frames.get(symbol);
      if (known === undefined) this.#frames.set(symbol, { [kind]: frame });
      else known[kind] = frame;
    }
  }
}

function lastIn(frame: Frame | undefined, symbol: string, kind: FrameInstrument['kind']): SymbolPrices {
  if (frame === undefined) return {};
  for (let i = frame.length - 1; i >= 0; i -= 1) {
    const described = frame.instruments[frame.instrument[i] ?? 0];
    if (described?.symbol === symbol && described.kind === kind) return pricesAt(frame, i, described);
  }
  return {};
}

/** What the tick at `i` of a frame says, as references: of a quote, both sides. */
export function pricesAt(frame: Frame, i: number, described: FrameInstrument): SymbolPrices {
  const { kind, priceScale, sizeScale } = described;
  if (kind === 'quote')
    return {
      bid: referenceTo(frame, i, described, 'bid', textOf(frame.first[i], priceScale)),
      ask: referenceTo(frame, i, described, 'ask', textOf(frame.second[i], priceScale)),
    };
  const tick = referenceTo(frame, i, described, kind, textOf(frame.first[i], priceScale));
  return kind === 'trade' ? { trade: { ...tick, size: textOf(frame.second[i], sizeScale) } } : { mark: tick };
}

function referenceTo(
  frame: Frame,
  i: number,
  { symbol, venue }: FrameInstrument,
  series: PriceSeries,
  price: string,
): TickReference {
  return {
    symbol,
    venue,
    epoch: frame.epoch,
    ordinal: frame.firstOrdinal + i,
    series,
    price,
    exchangeAt: frame.exchangeAt[i] ?? 0,
    receivedAt: frame.receivedAt,
  };
}

function textOf(units: number | undefined, scale: number): string {
  return formatDecimal({ units: BigInt(units ?? 0), scale });
}
