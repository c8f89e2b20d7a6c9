import type { Contract } from '../market/instrument.ts';
import type { ArmedFrom, PriceSource } from '../market/tick.ts';
import { type Quantity, decimal, formatDecimal, subtract, sum } from '../units.ts';
import type { Exits } from './exits.ts';

export type Side = 'long' | 'short';

/** Why a position was closed or reduced. */
export type ExitReason =
  | 'stopLoss'
  | 'takeProfit'
  | 'trailingStop'
  | 'timeExit'
  /** A person, a trigger or an order closed it. */
  | 'manual'
  | 'trigger'
  | 'order'
  /** A halt with flatten closed it. */
  | 'flatten'
  | 'reset';

/** Whether it is a stop that closes. */
export function isStop(reason: ExitReason): boolean {
  return reason === 'stopLoss' || reason === 'trailingStop';
}

/** A position as it was entered. Amounts are decimal text. */
export interface PositionTerms {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  /** What is open. */
  readonly quantity: string;
  /** The average of all that was entered, in quote currency. */
  readonly entryPrice: string;
  readonly contract: Contract;
  /** Parts of it that are closed are multiples of this; absent where any quantity may be. */
  readonly lotSize?: string;
  readonly priceSource: PriceSource;
  readonly exits: Exits;
  /**
   * Epoch milliseconds: of the tick that filled its order, or of the command that opened it at an older price. What comes due
   * by time (funding, a time exit) counts from here.
   */
  readonly openedAt: number;
  /** Which broker its orders go to; `shadow` is the one inside. */
  readonly broker: string;
  readonly strategy?: string;
  readonly tags?: readonly string[];
}

/** A position with what has become of it. Amounts are decimal text in the settlement currency. */
export interface PositionState extends PositionTerms {
  /** All that was ever entered. */
  readonly enteredQuantity: string;
  /** Gross: before fees and funding. */
  readonly realizedPnl: string;
  /** Paid so far, by currency. */
  readonly fees: Readonly<Record<string, string>>;
  /** Received (positive) or paid so far. */
  readonly funding: string;
  /** The end of the last interval of funding that it has settled, epoch milliseconds; absent before the first. */
  readonly fundedUntil?: number;
  /** How many rungs of the ladder have executed. */
  readonly targetsHit: number;
  /** How many closing orders it has had: their ids differ by it. */
  readonly exitOrders: number;
  /** Orders of their own that would make it smaller and are working: they end with it. */
  readonly reducing: readonly string[];
  /** Orders that make it smaller, with a broker now. */
  readonly exiting: readonly WorkingExit[];
  /** How many closing orders in a row came to nothing. */
  readonly failedExits?: number;
  /**
   * At a real broker: what protects it and has fired. It does not count any more, and counts again where more is left than orders are
   * out for.
   */
  readonly fired?: readonly FiredProtection[];
  /** A stop has closed a part of it: it is stopped out, whatever closes the rest. */
  readonly isStopped?: true;
}

/** Our instruction to close: committed before any broker is called, under an id that never changes. */
export interface ExitOrder {
  readonly clientOrderId: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
}

/** A closing order that has not filled whole yet. */
export interface WorkingExit {
  /** Its quantity is what is still to be filled. */
  readonly order: ExitOrder;
  readonly reason: ExitReason;
  readonly targetId?: string;
  /** Where its line stood when it was reached; absent where somebody asked for it. */
  readonly level?: string;
  /** At the shadow broker: from where ticks fill what is left. */
  readonly armedFrom?: ArmedFrom;
  /** All that was ordered. */
  readonly ordered: string;
  /** As of orders: committed only, at the broker, or not known to be. */
  readonly status: 'submitted' | 'open' | 'unknown';
  readonly brokerOrderId?: string;
  /** Ids of the broker's fills that are recorded: the last ones, oldest first. */
  readonly fillIds: readonly string[];
}

/** An exit that closes all there is, and where its line stood when it was reached. */
export interface FiredProtection {
  readonly reason: 'stopLoss' | 'trailingStop' | 'timeExit';
  readonly level: string;
}

/** A position has no more closing orders out than this: its document lists them. */
export const maxExiting = 64;

/** `closing` while orders for all of it are with a broker. */
export type Position =
  | (PositionState & { readonly status: 'open' | 'closing' })
  | (PositionState & {
      readonly status: 'closed';
      readonly reason: ExitReason;
      /** Of what was closed last. */
      readonly exitPrice: string;
      /** Epoch milliseconds. */
      readonly closedAt: number;
    });

/**
 * A position that was just entered.
 *
 * @param before what it has had already, where an order that outlived it opens it again.
 */
export function entered(
  terms: PositionTerms,
  { fees = {}, exitOrders = 0 }: Partial<Pick<PositionState, 'fees' | 'exitOrders'>> = {},
): Position {
  return {
    ...terms,
    enteredQuantity: terms.quantity,
    realizedPnl: '0',
    fees,
    funding: '0',
    targetsHit: 0,
    exitOrders,
    reducing: [],
    exiting: [],
    status: 'open',
  };
}

/** The side of the order that makes a position smaller. */
export function closingSide(side: Side): 'buy' | 'sell' {
  return side === 'long' ? 'sell' : 'buy';
}

/** What no closing order is out for yet. */
export function availableQuantity({
  quantity,
  exiting,
}: Pick<PositionState, 'quantity' | 'exiting'>): Quantity {
  if (exiting.length === 0) return decimal(quantity);
  return subtract(decimal(quantity), sum(exiting.map(({ order }) => decimal(order.quantity))));
}

/** The order that closes `quantity` of it, under an id that no other order of the account has. */
export function nextExitOrder(accountId: string, position: PositionState, quantity: Quantity): ExitOrder {
  const count = position.exitOrders + 1;
  const name = count === 1 ? 'exit' : `exit-${count}`;
  return {
    clientOrderId: `${accountId}.${position.id}.${name}`,
    side: closingSide(position.side),
    quantity: formatDecimal(quantity),
  };
}
