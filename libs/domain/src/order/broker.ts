import type { OrderKind, TimeInForce } from './order.ts';

/**
 * Where the orders of an account go: a venue's trading API, as the order desk needs it. The shadow broker has
 * no such object: it is the deciding functions themselves, which fill in the commit that decides, and it is
 * what an implementation is measured against: an order fills at most whole, and nothing fills that was not
 * ordered.
 *
 * Every implementation promises:
 *
 * - **One order for each client order id**, however often it is submitted, also after it has ended. Answers may be
 *   lost; what was sent before an answer was lost may take effect up to `settlesWithinMs` later, and not after.
 * - **What it throws says what is known.** `BrokerUnavailableError`: this call changed nothing and will change
 *   nothing (no connection, a rate limit, maintenance); it may be made again. Anything else: whether it took effect
 *   is not known, until `find` says so. What the broker refused for good is an answer, never an error.
 * - **Fills are reported whole.** An order's fills come oldest first, each with an id of its own; one that was
 *   reported once is reported again by every later `find`.
 * - **It paces itself** under the venue's limits, orders that reduce first: what waits for its turn is slow, not refused.
 * - **Reads are current**: `find` knows of every order that `submit` has answered for, and has forgotten none that
 *   ended less than seven days ago.
 *
 * How venues map (amounts are their decimal strings, never floats):
 *
 * | here       | Alpaca `/v2`                                               | KuCoin spot `/api/v1`, futures likewise       |
 * | ---------- | ---------------------------------------------------------- | ---------------------------------------------- |
 * | `idOf`     | digest of 32 hex digits: `client_order_id` takes up to 48    | the same: `clientOid` takes up to 40            |
 * | `submit`   | `POST /orders`; 403 and 422 are rejections, but for an id     | `POST /hf/orders`; code 200000 accepts, other   |
 * |            | that is taken: then the order that has it is the answer      | codes reject, a taken `clientOid` is looked up   |
 * | `find`     | `GET /orders:by_client_order_id`, fills from                | `GET /hf/orders/client-order/{clientOid}`,      |
 * |            | `/account/activities/FILL` by `order_id`                     | fills from `/hf/fills?orderId=`                 |
 * | `cancel`   | `DELETE /orders/{id}`; 422: it has ended already             | `DELETE /hf/orders/client-order/{clientOid}`    |
 * | open       | `GET /orders?status=open`                                   | `GET /hf/orders/active`                         |
 * | fills      | `/account/activities/FILL?after=`, `execution_id`            | `/hf/fills?lastId=`, `tradeId`                  |
 * | positions  | `GET /positions`                                            | futures `GET /positions`; spot: balances        |
 * | unavailable| 429, 503 and refused connections                            | 429000 and refused connections                  |
 *
 * A time in force that the venue lacks is submitted as `gtc`: the desk asks to cancel at its end. Where the
 * venue knows reduce-only orders, `isReducing` sets it.
 */
export interface Broker {
  /** How long after it was sent a request may still take effect, milliseconds. */
  readonly settlesWithinMs: number;
  /** How the broker names the order that we call `clientOrderId`: always the same, and never the same for two. */
  idOf(clientOrderId: string): string;
  submit(order: OrderToSubmit): Promise<SubmitOutcome>;
  /** Asks to end an order. What became of it, `find` says: it may have filled in the meantime. */
  cancel(key: OrderKey): Promise<void>;
  /** An order with all of its fills; `undefined` where the broker has none of this id. */
  find(key: OrderKey): Promise<OrderAtBroker | undefined>;
  /** Every order that is not over, whoever placed it. */
  openOrders(): Promise<readonly OrderAtBroker[]>;
  /** Fills after a place that an earlier answer gave, oldest first; without one, the latest that the broker keeps. */
  fillsSince(
    cursor: string | undefined,
  ): Promise<{ readonly fills: readonly BrokerFillOfOrder[]; readonly cursor: string }>;
  /** What is held in each symbol: zero is left out. */
  positions(): Promise<readonly BrokerPosition[]>;
}

/** The call changed nothing at the broker: it may be made again. */
export class BrokerUnavailableError extends Error {
  override readonly name = 'BrokerUnavailableError';
}

/** An order that we placed, or that somebody else did: then only the broker's id of it finds it. */
export interface OrderKey {
  readonly clientOrderId: string;
  readonly brokerOrderId?: string;
}

/** An order as it is sent. Amounts are decimal text. */
export interface OrderToSubmit {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly how: OrderKind;
  readonly timeInForce: TimeInForce;
  /** It only makes a position smaller. */
  readonly isReducing: boolean;
}

export type SubmitOutcome =
  | { readonly status: 'accepted'; readonly order: OrderAtBroker }
  /** For good: nothing of it is or will be at the broker. */
  | { readonly status: 'rejected'; readonly reason: string };

/** An order as the broker has it. */
export interface OrderAtBroker {
  /** As `idOf` gives it for ours. */
  readonly clientOrderId: string;
  readonly brokerOrderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly how: OrderKind;
  readonly status: 'working' | 'filled' | 'cancelled' | 'expired' | 'rejected';
  /** Why it ended, in the broker's words. */
  readonly reason?: string;
  /** All of them, oldest first. */
  readonly fills: readonly BrokerFill[];
}

export interface BrokerFill {
  /** Unique at the broker. */
  readonly id: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly liquidity: 'maker' | 'taker';
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface BrokerFillOfOrder extends BrokerFill {
  readonly clientOrderId: string;
  readonly symbol: string;
}

/** Positive is long, negative is short; decimal text. */
export interface BrokerPosition {
  readonly symbol: string;
  readonly quantity: string;
  readonly entryPrice?: string;
}
