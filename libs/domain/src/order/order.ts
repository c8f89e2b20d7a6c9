import type { Actor } from '../account/events.ts';
import type { Contract } from '../market/instrument.ts';
import type { ArmedFrom, PriceSource } from '../market/tick.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import type { Side } from '../position/position.ts';

/** How an order finds its price. Prices are decimal text in quote currency. */
export type OrderKind =
  | { readonly kind: 'market' }
  | { readonly kind: 'limit'; readonly limitPrice: string }
  /** Becomes a market order once its stop price is reached. */
  | { readonly kind: 'stop'; readonly stopPrice: string }
  /** Becomes a limit order once its stop price is reached. */
  | { readonly kind: 'stopLimit'; readonly stopPrice: string; readonly limitPrice: string };

/** Until cancelled; at once or what is left is cancelled; at once and whole or not at all; until a moment (epoch milliseconds). */
export type TimeInForce = 'gtc' | 'ioc' | 'fok' | { readonly until: number };

/** What an order does to which position. */
export type OrderPurpose =
  /** Opens the position, or adds to it. */
  | {
      readonly kind: 'enter';
      readonly side: Side;
      /** What protects the position from its first fill on; of a position that is open already, `undefined` leaves its exits. */
      readonly exits?: ExitsSpec;
      readonly strategy?: string;
      readonly tags?: readonly string[];
    }
  /** Makes it smaller, and never turns it. */
  | { readonly kind: 'reduce' };

/** An order as it was placed. Amounts are decimal text. */
export interface OrderTerms {
  /** The client order id: `{accountId}.{id}` of what placed it. It never changes, whoever executes the order. */
  readonly id: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly how: OrderKind;
  readonly quantity: string;
  readonly timeInForce: TimeInForce;
  readonly purpose: OrderPurpose;
  readonly contract: Contract;
  readonly lotSize?: string;
  readonly tickSize?: string;
  readonly priceSource: PriceSource;
  readonly broker: string;
  /** From where ticks count for it. */
  readonly armedFrom: ArmedFrom;
  /** Epoch milliseconds. */
  readonly placedAt: number;
  /** How its broker names it, where it was not placed by us but adopted. */
  readonly brokerClientId?: string;
}

export type OrderStatus =
  /** Committed as an intent; a broker is to be told, or was told and has not answered. */
  | 'submitted'
  /** Rests, at the shadow broker or a real one. */
  | 'open'
  /** A broker's answer was lost: it is looked up before anything else is done about it. */
  | 'unknown'
  | 'filled'
  | 'cancelled'
  | 'expired'
  | 'rejected';

export interface Order extends OrderTerms {
  readonly status: OrderStatus;
  /** How much of it has filled. */
  readonly filled: string;
  /** A stop order whose stop price has been reached. */
  readonly isTriggered: boolean;
  /** Why it is cancelled, expired or rejected. */
  readonly reason?: string;
  /** The broker's own id of it. */
  readonly brokerOrderId?: string;
  /** Ids of the broker's fills that are recorded: the last ones, oldest first. */
  readonly fillIds?: readonly string[];
  /** Who wants it to be cancelled at the broker. */
  readonly cancelRequested?: Actor;
}

const alive: ReadonlySet<OrderStatus> = new Set<OrderStatus>(['submitted', 'open', 'unknown']);

/** Whether anything may still come of it. */
export function isWorking({ status }: Pick<Order, 'status'>): boolean {
  return alive.has(status);
}
