import type { Account } from '../account/account.ts';
import type { OrderOf } from '../account/events.ts';
import type { Side } from '../position/position.ts';
import type { OrderKind } from './order.ts';

/** Where an account and its broker do not agree. It is shown until it is gone, and never changed silently. */
export type BrokerDifference =
  /**
   * Ours, and the broker does not know it though it had accepted it. `CancelOrder` gives up one that enters,
   * `AbandonExit` the closing order of an exit.
   */
  | {
      readonly kind: 'orphan';
      readonly orderId: string;
      readonly of: OrderOf;
      readonly positionId: string;
      readonly symbol: string;
    }
  /** The broker's, and not ours: `AdoptOrder` takes it over. Amounts are decimal text. */
  | {
      readonly kind: 'externalOrder';
      readonly brokerOrderId: string;
      /** How the broker names it for whoever placed it. */
      readonly brokerClientId: string;
      readonly symbol: string;
      readonly side: 'buy' | 'sell';
      readonly how: OrderKind;
      readonly quantity: string;
      readonly filled: string;
    }
  | PositionDifference;

/** The net of all positions in a symbol, decimal text: positive is long, negative is short. */
export interface PositionDifference {
  readonly kind: 'position';
  readonly symbol: string;
  readonly ours: string;
  readonly theirs: string;
  /** What of theirs is not ours, as `AdoptPosition` takes it over; absent where all that is theirs is ours. */
  readonly offer?: PositionOffer;
}

export interface PositionOffer {
  readonly side: Side;
  readonly quantity: string;
  /** Absent where the broker does not tell: then whoever adopts it has to. */
  readonly entryPrice?: string;
}

/** One list for all: a store sees that nothing has changed. */
export const noDifferences: readonly BrokerDifference[] = [];

/** What a difference is about: an account shows one for each. */
export function subjectOf(difference: BrokerDifference): string {
  switch (difference.kind) {
    case 'orphan':
      return `orphan ${difference.orderId}`;
    case 'externalOrder':
      return `external ${difference.brokerOrderId}`;
    case 'position':
      return `position ${difference.symbol}`;
  }
}

/** What of a symbol's net position is shown as different at the broker. */
export function positionDifference(
  { brokerDifferences }: Pick<Account, 'brokerDifferences'>,
  symbol: string,
): PositionDifference | undefined {
  return brokerDifferences.find(
    (each): each is PositionDifference => each.kind === 'position' && each.symbol === symbol,
  );
}
