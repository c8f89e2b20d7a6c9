export interface SanityRules {
  /** How far from the middle of the last accepted prices a tick may lie, as a share of it. */
  readonly band: number;
  /** The same for single symbols. */
  readonly bands: ReadonlyMap<string, number>;
  /** How near to each other, as a share, the ticks must lie that confirm an outlier. */
  readonly agreement: number;
  /** How many ticks, each of a later exchange time than the one before, must confirm an outlier. */
  readonly confirmations: number;
  /** The same where there is no price to compare with: at the start, and after a silence. */
  readonly seedConfirmations: number;
  /** Within how long after the outlier came in, milliseconds. */
  readonly confirmWithinMs: number;
  /** How far the exchange time may be from the receive time, milliseconds. */
  readonly staleAfterMs: number;
  /** How long after the last accepted tick its price is no longer one to compare with, milliseconds. */
  readonly silenceMs: number;
  /** The symbols that there are; without it every well-formed symbol is one. */
  readonly symbols?: ReadonlySet<string>;
}

export const defaultSanityRules: SanityRules = {
  band: 0.1,
  bands: new Map(),
  agreement: 0.05,
  confirmations: 2,
  seedConfirmations: 1,
  confirmWithinMs: 5_000,
  staleAfterMs: 5_000,
  silenceMs: 60_000,
};
