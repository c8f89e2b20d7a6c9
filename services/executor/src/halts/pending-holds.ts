import type { AccountDocument, AccountRef } from '@bellwether/contracts';
import {
  type Clock,
  type FlattenStep,
  type Market,
  type MarketBefore,
  type Position,
  flattenAccount,
  flatteningHold,
  holdEndsAt,
  pauseAfterFailures,
  tickFor,
  watchLimits,
} from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type AccountCommits, mostEventsPerCommit } from '../commits/account-commits.ts';

export interface PendingHoldsOptions {
  readonly commits: Pick<AccountCommits, 'commit' | 'settle'>;
  readonly market: Market;
  readonly marketBefore?: MarketBefore | undefined;
  readonly clock: Clock;
  readonly traceparent: () => string;
  readonly logger: Logger;
}

interface Pending {
  readonly account: AccountRef;
  /** The account's version that it was read at: names what is done about it. */
  readonly version: number;
  /** When its own hold ends, epoch milliseconds. */
  endsAt: number | undefined;
  readonly isFlattening: boolean;
  /** Symbols whose prices are waited for; `undefined` before the first step. */
  waiting: readonly string[] | undefined;
  /** When a position may be asked for again whose closing orders came to nothing, epoch milliseconds. */
  asksAgainAt: number | undefined;
}

/**
 * Ends the holds of accounts when their time is over, and closes the positions of those that are being flattened:
 * step by step, each a commit of its own, so that a crash in between loses nothing.
 */
export class PendingHolds {
  readonly #options: PendingHoldsOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #running = new Map<string, Promise<void>>();
  /** When each position of an account was last asked for, by the ids of both. */
  readonly #askedAt = new Map<string, Map<string, number>>();
  #isClosing = false;

  constructor(options: PendingHoldsOptions) {
    this.#options = options;
  }

  take({ tenantId: tenant, uid, accountId, version, holds }: AccountDocument): void {
    this.#pending.set(accountId, {
      account: { tenant, uid, accountId },
      version,
      endsAt: holdEndsAt({ holds }),
      isFlattening: flatteningHold({ holds }) !== undefined,
      waiting: undefined,
      asksAgainAt: undefined,
    });
  }

  drop({ accountId }: Pick<AccountDocument, 'accountId'>): void {
    this.#pending.delete(accountId);
    this.#askedAt.delete(accountId);
  }

  /** Does what is due. Called again and again: it costs nothing where nothing is. */
  look(): void {
    const now = this.#options.clock.now();
    for (const [id, pending] of this.#pending) {
      if (this.#isClosing || this.#running.has(id)) continue;
      const isOver = pending.endsAt !== undefined && pending.endsAt <= now;
      if (!isOver && !this.#canFlatten(pending, now)) continue;
      this.#running.set(
        id,
        this.#run(pending, isOver).finally(() => this.#running.delete(id)),
      );
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#running.values());
  }

  #canFlatten({ isFlattening, waiting, asksAgainAt = Infinity }: Pending, now: number): boolean {
    if (!isFlattening) return false;
    return waiting === undefined || asksAgainAt <= now || waiting.some((symbol) => this.#hasPrice(symbol));
  }

  #hasPrice(symbol: string): boolean {
    const prices = this.#options.market(symbol);
    return prices.isPaused !== true && tickFor(prices, 'bid') !== undefined;
  }

  async #run(pending: Pending, isOver: boolean): Promise<void> {
    const { accountId } = pending.account;
    try {
      if (isOver) await this.#expire(pending);
      else await this.#flatten(pending);
    } catch (error) {
      this.#options.logger.error({ err: error, account: accountId }, 'a hold cannot go on; trying again');
    }
  }

  async #expire(pending: Pending): Promise<void> {
    const { commits, traceparent } = this.#options;
    const cause = { kind: 'command', name: 'ResumeTrading', key: `expiry:${pending.version}` } as const;
    const { status } = await commits.settle(pending.account, { cause, traceparent: traceparent() });
    // What is left of its holds comes with the account's next version.
    if (status !== 'contended') pending.endsAt = undefined;
  }

  async #flatten(pending: Pending): Promise<void> {
    const { commits, market, marketBefore, clock, traceparent, logger } = this.#options;
    const { account } = pending;
    const askedAt = this.#askedAt.get(account.accountId) ?? new Map<string, number>();
    this.#askedAt.set(account.accountId, askedAt);
    const cause = { kind: 'command', name: 'HaltTrading', key: `flatten:${pending.version}` } as const;
    for (;;) {
      let step: FlattenStep = { events: [], waiting: [], hasMore: false };
      let asksAgainAt: number | undefined;
      const outcome = await commits.commit<never>(account, {
        cause,
        traceparent: traceparent(),
        allOpen: true,
        decide: (image) => {
          const now = clock.now();
          const context = { market, marketBefore, now };
          asksAgainAt = undefined;
          const mayAsk = ({ id, failedExits = 0 }: Position): boolean => {
            const at = (askedAt.get(id) ?? -Infinity) + pauseAfterFailures(failedExits);
            if (at > now) asksAgainAt = Math.min(at, asksAgainAt ?? at);
            return at <= now;
          };
          step = flattenAccount(image, { ...context, most: mostEventsPerCommit, mayAsk });
          return { events: [...step.events, ...watchLimits(image, step.events, context)] };
        },
      });
      if (outcome.status === 'contended') return;
      for (const event of step.events)
        if (event.type === 'CloseRequested') askedAt.set(event.positionId, clock.now());
      pending.asksAgainAt = asksAgainAt;
      if (step.hasMore && !this.#isClosing) continue;
      pending.waiting = step.waiting;
      if (step.waiting.length > 0)
        logger.warn(
          { account: account.accountId, waiting: step.waiting },
          'positions wait for a price to be closed at',
        );
      return;
    }
  }
}
