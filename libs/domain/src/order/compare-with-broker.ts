import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { shadowBroker } from '../account/settings.ts';
import { contentOf } from '../content.ts';
import {
  add,
  compare,
  decimal,
  formatDecimal,
  isPositive,
  isZero,
  negate,
  subtract,
  sum,
  zero,
} from '../units.ts';
import type { Decimal } from '../units.ts';
import { type BrokerDifference, type PositionDifference, subjectOf } from './broker-difference.ts';
import type { BrokerPosition, OrderAtBroker } from './broker.ts';
import { type BrokerOrder, brokerOrders } from './broker-orders.ts';

/** What a broker shows of an account. It is read before the account is, so that every order of ours is known. */
export interface BrokerView {
  readonly openOrders: readonly OrderAtBroker[];
  readonly positions: readonly BrokerPosition[];
  /** Ids of our orders that it had accepted and does not know any more. */
  readonly unknownOrderIds: ReadonlySet<string>;
}

/** An account shows so many at most; the rest follows as these are settled. */
export const maxDifferences = 50;

/**
 * The differences between an account, all that is open of which is loaded, and what its broker shows: orphans,
 * then external orders, then positions by symbol. In a symbol in which an order of ours moves, positions are not
 * compared: what stood before stands on.
 *
 * @param idOf how the broker names our orders.
 */
export function compareWithBroker(
  account: Account,
  { openOrders, positions, unknownOrderIds }: BrokerView,
  idOf: (clientOrderId: string) => string,
): readonly BrokerDifference[] {
  const ours = brokerOrders(account);
  const known = new Set(ours.flatMap((order) => namesOf(order, idOf)));
  const isOurs = ({ clientOrderId, brokerOrderId }: OrderAtBroker): boolean =>
    known.has(clientOrderId) || known.has(brokerOrderId);
  const isOrphan = ({ order }: BrokerOrder): boolean => unknownOrderIds.has(order.clientOrderId);
  const moving = new Set(
    ours
      .filter((order) => !isOrphan(order) && !restsAsWeKnow(order, openOrders, idOf))
      .map(({ order }) => order.symbol),
  );
  const held = new Map(positions.map((position) => [position.symbol, position]));
  const net = netOf(account);
  const standing = account.brokerDifferences.filter(
    (each) => each.kind === 'position' && moving.has(each.symbol),
  );
  const symbols = [...new Set([...net.keys(), ...held.keys()])].filter((symbol) => !moving.has(symbol));
  return [
    ...ours.filter(isOrphan).map(orphan),
    ...openOrders.filter((order) => !isOurs(order)).map(externalOrder),
    ...standing,
    ...symbols
      .toSorted()
      .flatMap((symbol) => differenceIn(symbol, net.get(symbol) ?? zero, held.get(symbol)) ?? []),
  ];
}

/** Whether a broker shows an order just as the account knows it: nothing of it is on its way. */
export function restsAsWeKnow(
  ours: BrokerOrder,
  openOrders: readonly OrderAtBroker[],
  idOf: (clientOrderId: string) => string,
): boolean {
  if (ours.status !== 'open' || ours.isCancelRequested) return false;
  const names = new Set(namesOf(ours, idOf));
  const shown = openOrders.find((each) => names.has(each.clientOrderId) || names.has(each.brokerOrderId));
  if (shown === undefined) return false;
  return compare(sum(shown.fills.map(({ quantity }) => decimal(quantity))), decimal(ours.filled)) === 0;
}

/**
 * What was found twice in a row, or stands already. One look alone may fall between two answers of the broker: an order
 * that filled after its orders were read, and before its positions were.
 */
export function confirmed(
  found: readonly BrokerDifference[],
  before: readonly BrokerDifference[],
  standing: readonly BrokerDifference[],
): readonly BrokerDifference[] {
  const seen = new Set([...before, ...standing].map(contentOf));
  const stood = new Map(standing.map((difference) => [subjectOf(difference), difference]));
  return found.flatMap((difference) =>
    seen.has(contentOf(difference)) ? difference : (stood.get(subjectOf(difference)) ?? []),
  );
}

/** What is to be committed so that the account shows these differences and no others: nothing where it does. */
export function recordDifferences(
  { brokerDifferences: standing }: Account,
  found: readonly BrokerDifference[],
): readonly AccountEvent[] {
  const shown = new Map(found.slice(0, maxDifferences).map((each) => [subjectOf(each), each]));
  const known = new Set(standing.map(contentOf));
  return [
    ...standing.filter((each) => !shown.has(subjectOf(each))).map(settled),
    ...[...shown.values()]
      .filter((each) => !known.has(contentOf(each)))
      .map((difference) => ({ type: 'BrokerDifferenceFound' as const, difference })),
  ];
}

/** What becomes of a standing difference of positions when the account takes over `quantity`, negative for short. */
export function adoptedFrom(difference: PositionDifference, quantity: Decimal): AccountEvent {
  const { symbol, theirs, offer } = difference;
  const price = offer?.entryPrice;
  const there = { symbol, quantity: theirs, ...(price === undefined ? {} : { entryPrice: price }) };
  const rest = differenceIn(symbol, add(decimal(difference.ours), quantity), there);
  return rest === undefined ? settled(difference) : { type: 'BrokerDifferenceFound', difference: rest };
}

export function settled(difference: BrokerDifference): AccountEvent {
  return { type: 'BrokerDifferenceSettled', difference };
}

/** Under which names the broker may show an order of ours. */
function namesOf(
  { order, brokerOrderId, brokerClientId }: BrokerOrder,
  idOf: (clientOrderId: string) => string,
): readonly string[] {
  const name = brokerClientId ?? idOf(order.clientOrderId);
  return brokerOrderId === undefined ? [name] : [name, brokerOrderId];
}

function orphan({ of, order, positionId }: BrokerOrder): BrokerDifference {
  return { kind: 'orphan', orderId: order.clientOrderId, of, positionId, symbol: order.symbol };
}

function externalOrder(order: OrderAtBroker): BrokerDifference {
  const { brokerOrderId, clientOrderId: brokerClientId, symbol, side, how, quantity, fills } = order;
  const filled = formatDecimal(sum(fills.map((fill) => decimal(fill.quantity))));
  return { kind: 'externalOrder', brokerOrderId, brokerClientId, symbol, side, how, quantity, filled };
}

function differenceIn(
  symbol: string,
  ours: Decimal,
  there: BrokerPosition | undefined,
): PositionDifference | undefined {
  const theirs = decimal(there?.quantity ?? '0');
  const missing = subtract(theirs, ours);
  if (isZero(missing)) return undefined;
  const difference = {
    kind: 'position',
    symbol,
    ours: formatDecimal(ours),
    theirs: formatDecimal(theirs),
  } as const;
  // Less than ours, or on the other side of zero: closing our own comes first.
  const isMore = isPositive(missing) ? !isPositive(negate(ours)) : !isPositive(ours);
  if (!isMore) return difference;
  const entryPrice = there?.entryPrice;
  return {
    ...difference,
    offer: {
      side: isPositive(missing) ? 'long' : 'short',
      quantity: formatDecimal(isPositive(missing) ? missing : negate(missing)),
      ...(entryPrice === undefined ? {} : { entryPrice }),
    },
  };
}

function netOf({ positions, openPositionIds }: Account): ReadonlyMap<string, Decimal> {
  const net = new Map<string, Decimal>();
  for (const id of openPositionIds) {
    const position = positions.get(id);
    if (position === undefined || position.broker === shadowBroker) continue;
    const quantity = decimal(position.quantity);
    const signed = position.side === 'long' ? quantity : negate(quantity);
    net.set(position.symbol, add(net.get(position.symbol) ?? zero, signed));
  }
  return net;
}
