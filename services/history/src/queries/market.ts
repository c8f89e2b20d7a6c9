/** Whose ticks are asked for. */
export interface Market {
  readonly symbol: string;
  readonly venue: string;
  readonly kind: TickKind;
}

export const tickKinds = ['trade', 'quote', 'mark'] as const;
export type TickKind = (typeof tickKinds)[number];
