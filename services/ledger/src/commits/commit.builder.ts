import type { AccountRef, Commit } from '@bellwether/contracts';
import {
  type AccountEvent,
  type PositionTerms,
  decimal,
  formatDecimal,
  grossPnl,
  notional,
  proceeds,
} from '@bellwether/domain';
import { hashCommit } from '@bellwether/store';

/** Valid data for specs. */

export function commitOf(account: AccountRef, seq: number, events: readonly AccountEvent[]): Commit {
  const unhashed = {
    schema: 2,
    ...account,
    seq,
    commitId: `commit-${seq}`,
    cause: { kind: 'command', name: 'AdoptPosition', key: `key-${seq}` },
    events: [...events],
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    previousHash: '',
  } satisfies Omit<Commit, 'hash'>;
  return { ...unhashed, hash: hashCommit(unhashed) };
}

export function opened(account: AccountRef): AccountEvent {
  return { type: 'AccountOpened', ...account };
}

export function positionOf(id: string, terms: Partial<PositionTerms> = {}): PositionTerms {
  return {
    id,
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '0.5',
    entryPrice: '100',
    contract: { kind: 'linear', multiplier: '1', currency: 'USDT' },
    priceSource: 'trade',
    exits: { stopLoss: { price: '95', armedFrom: { at: 1_000 } }, targets: [] },
    broker: 'shadow',
    openedAt: 1_000,
    ...terms,
  };
}

export function adopted(position: PositionTerms): AccountEvent {
  return { type: 'PositionAdopted', position };
}

/** What a reached stop commits: intent, fill and close. @param at the exchange time of its tick, epoch milliseconds. */
export function stopped(position: PositionTerms, price: string, fee = '0', at = 2_000): AccountEvent[] {
  const { id: positionId, symbol, side, quantity, entryPrice, contract, openedAt, strategy, tags } = position;
  const clientOrderId = `${positionId}.exit`;
  const orderSide = side === 'long' ? 'sell' : 'buy';
  const order = { clientOrderId, side: orderSide, quantity } as const;
  const tick = {
    symbol,
    venue: 'tape',
    epoch: 'tape-0000000001',
    ordinal: 7,
    series: 'trade',
    price,
    exchangeAt: at,
    receivedAt: at + 1,
  } as const;
  const { currency } = contract;
  const pnl = grossPnl(side, contract, decimal(quantity), decimal(entryPrice), decimal(price));
  return [
    { type: 'StopTriggered', positionId, symbol, level: '95', tick, order, late: false, lagMs: 1 },
    {
      type: 'OrderFilled',
      of: 'exit',
      clientOrderId,
      positionId,
      symbol,
      side: orderSide,
      quantity,
      price,
      proceeds: formatDecimal(
        proceeds(contract, orderSide, notional(contract, decimal(quantity), decimal(price))),
      ),
      currency,
      fee,
      feeCurrency: currency,
      liquidity: 'taker',
    },
    {
      type: 'PositionClosed',
      positionId,
      symbol,
      side,
      quantity,
      entryPrice,
      exitPrice: price,
      currency,
      realizedPnl: formatDecimal(pnl),
      reason: 'stopLoss',
      ...(strategy === undefined ? {} : { strategy }),
      ...(tags === undefined ? {} : { tags }),
      openedAt,
      closedAt: tick.exchangeAt,
      tick,
    },
  ];
}
