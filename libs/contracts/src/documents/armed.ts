import type { Order, Position, Signal, Trigger } from '@bellwether/domain';

/** What the trigger book needs to find: the same of `openPositions/{id}`, `tradeTriggers/{id}`, `orders/{id}` and `signals/{id}`. */
export interface ArmedDocument<Details> {
  /** The shape of this document; absent in the first. */
  readonly schema: 2;
  readonly tenantId: string;
  readonly uid: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly shard: number;
  /** The journal sequence that last changed it. */
  readonly version: number;
  readonly changedAt: number;
  readonly details: Details;
}
export type PositionDocument = ArmedDocument<Position>;
export type TriggerDocument = ArmedDocument<Trigger>;
export type OrderDocument = ArmedDocument<Order>;
export type SignalDocument = ArmedDocument<Signal>;
