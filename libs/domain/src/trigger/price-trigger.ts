import type { ArmedFrom, PriceSource } from '../market/tick.ts';

/** The condition of a price trigger: the price is at or above, or at or below, a level. */
export interface PriceCondition {
  readonly direction: 'above' | 'below';
  /** Decimal text, quote currency. */
  readonly price: string;
}

export interface PriceTrigger {
  readonly id: string;
  readonly symbol: string;
  readonly priceSource: PriceSource;
  readonly when: PriceCondition;
  readonly action: { readonly notify: true };
  readonly armedFrom: ArmedFrom;
  readonly status: 'active' | 'fired' | 'cancelled' | 'expired';
}
