/** What an account may spend on what is metered. Amounts are decimal text and never negative. */
export interface CreditsState {
  /** Neither spent nor set aside. */
  readonly available: string;
  /** Set aside until it is settled or released, by the id of the reservation. */
  readonly reserved: Readonly<Record<string, string>>;
}

export const noCredits: CreditsState = { available: '0', reserved: {} };

/** An account has no more reservations than this: its document holds them. */
export const maxReservations = 500;

/**
 * Commands that may have a price: they add something. What ends something, or makes it smaller, is free, so that nobody is kept
 * from it.
 */
export const meteredCommands = [
  'OpenPosition',
  'AdoptPosition',
  'AdoptOrder',
  'ArmTrigger',
  'CreateSignal',
  'ActOnSignal',
] as const;
export type MeteredCommand = (typeof meteredCommands)[number];

/** What each command costs, decimal text; one that is absent costs nothing. */
export type CreditPrices = { readonly [Name in MeteredCommand]?: string };
