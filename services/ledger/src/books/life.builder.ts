import type { AccountRef, Commit } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type CloseSize,
  type FillModel,
  defaultSettings,
  evolve,
  openPosition,
  plainInstrument,
  requestClose,
  unopenedAccount,
} from '@bellwether/domain';
import { commitOf } from '../commits/commit.builder.ts';

export const feesOnly = {
  spreadPercent: '0',
  slippagePercent: '0',
  makerFeePercent: '0.1',
  takerFeePercent: '0.1',
};

/** The life of a position `p1` for specs, decided as the executor decides it: a commit for each step. */
export class Life {
  readonly commits: Commit[] = [];
  readonly #ref: AccountRef;
  #account: Account;
  #ordinal = 0;

  constructor(ref: AccountRef, fills: FillModel) {
    this.#ref = ref;
    this.#account = unopenedAccount(ref.tenant, ref.uid, ref.accountId);
    const by = { actor: 'test', reason: '' };
    this.#commit([
      { type: 'AccountOpened', ...ref },
      { type: 'TradingResumed', ...by },
      { type: 'AccountConfigured', settings: { ...defaultSettings, fills }, ...by },
    ]);
  }

  /** @param pricedMsBefore how old the price is that it takes. */
  enter(order: string, quantity: string, price: string, { pricedMsBefore = 0 } = {}): void {
    const entry = {
      positionId: 'p1',
      symbol: 'BTC-USDT',
      side: 'long',
      quantity,
      how: { kind: 'market' },
      timeInForce: 'gtc',
      priceSource: 'trade',
      strategy: 'swing',
    } as const;
    const context = { ...this.#context(price, pricedMsBefore), instrument: plainInstrument('BTC-USDT') };
    const decided = openPosition(this.#account, order, entry, context);
    if (!decided.ok) throw new Error(decided.refusal.reason);
    this.#commit(decided.value);
  }

  close(size: CloseSize, price: string): void {
    const by = { actor: 'test', reason: '' };
    const request = { positionId: 'p1', size, reason: 'manual', by } as const;
    const decided = requestClose(this.#account, request, this.#context(price));
    if (!decided.ok) throw new Error(decided.refusal.reason);
    this.#commit(decided.value);
  }

  #context(price: string, pricedMsBefore = 0) {
    this.#ordinal += 1;
    const at = 1_000 * this.#ordinal;
    const tick = {
      symbol: 'BTC-USDT',
      venue: 'test',
      epoch: 'e',
      ordinal: this.#ordinal,
      series: 'trade',
      price,
      exchangeAt: at - pricedMsBefore,
      receivedAt: at - pricedMsBefore,
    } as const;
    return { now: at, armedFrom: { at }, market: () => ({ trade: tick }), broker: 'shadow' };
  }

  #commit(events: readonly AccountEvent[]): void {
    this.#account = events.reduce(evolve, this.#account);
    this.commits.push(commitOf(this.#ref, this.commits.length + 1, events));
  }
}
