import type { PriceSource } from '../market/tick.ts';
import type { TargetSize } from './exits.ts';

/** A price, or a distance from the entry price in percent of it; decimal text. */
export type LevelSpec = { readonly price: string } | { readonly percent: string };

/** Exits as they are asked for, before the entry price is known. */
export interface ExitsSpec {
  readonly stopLoss?: LevelSpec & { readonly source?: PriceSource };
  readonly targets?: readonly (LevelSpec & { readonly size?: TargetSize; readonly source?: PriceSource })[];
  readonly trailing?: ({ readonly distance: string } | { readonly percent: string }) & {
    readonly activation?: LevelSpec;
    readonly source?: PriceSource;
  };
  readonly breakEven?: {
    /** After this many targets, or once the price has come so far. */
    readonly after: { readonly targets: number } | LevelSpec;
    /** In the position's favour; the entry itself without it. */
    readonly offset?: string;
    readonly source?: PriceSource;
  };
  /** At a moment of the feed's time, epoch milliseconds, or so long after the entry. */
  readonly timeExit?: { readonly at: number } | { readonly afterMs: number };
}
