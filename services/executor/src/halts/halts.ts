import { type ScopeTradingDocument, paths, queries, scopeId } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type Clock,
  type Market,
  type MarketBefore,
  expiryActor,
} from '@bellwether/domain';
import { type Logger, Schedule } from '@bellwether/observability';
import {
  type ScopeStore,
  type StoredScopeCommit,
  buildQuery,
  readAccount,
  readDocument,
  switchScope,
} from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { AccountCommits } from '../commits/account-commits.ts';
import { StandingQuery } from '../standing-query.ts';
import { CarrySwitches } from './carry-switches.ts';
import { PendingHolds } from './pending-holds.ts';
import { ScopeHolds } from './scope-holds.ts';

export interface HaltsOptions {
  readonly firestore: Firestore;
  readonly scopes: Pick<ScopeStore, 'commit'>;
  readonly commits: Pick<AccountCommits, 'commit' | 'settle'>;
  readonly market: Market;
  readonly marketBefore?: MarketBefore | undefined;
  /** Of this process. */
  readonly name: string;
  readonly clock: Clock;
  readonly traceparent: () => string;
  /** Hears of every commit to a scope, once it is durable. */
  readonly onCommitted: (stored: StoredScopeCommit) => void;
  readonly logger: Logger;
}

const everyMs = 200;

/** Halts of all scopes, as this process honours and carries them on: what it hears, what is due, what it counts. */
export class Halts {
  readonly #options: HaltsOptions;
  readonly #holds: ScopeHolds;
  readonly #carry: CarrySwitches;
  readonly #pending: PendingHolds;
  readonly #queries: readonly StandingQuery[];
  readonly #expiring = new Map<string, Promise<void>>();
  readonly #schedule: Schedule;

  /** @param holds what decisions go by; this keeps it up to date. */
  constructor(holds: ScopeHolds, options: HaltsOptions) {
    const { firestore, logger } = options;
    this.#options = options;
    this.#holds = holds;
    this.#carry = new CarrySwitches({ ...options, holds });
    this.#pending = new PendingHolds(options);
    this.#queries = [
      new StandingQuery({
        query: buildQuery(firestore, queries.openScopes, { values: { isOpen: true } }),
        take: (found) => {
          const document = readDocument<ScopeTradingDocument>(found);
          if (document !== undefined) this.#holds.take(document);
          this.#carry.look();
        },
        drop: (found) => {
          const document = readDocument<ScopeTradingDocument>(found);
          if (document !== undefined) void this.#leave(document);
        },
        logger,
      }),
      new StandingQuery({
        query: buildQuery(firestore, queries.accountsWithPendingHolds, { values: { hasPendingHold: true } }),
        take: (found) => {
          const document = readAccount(found);
          if (document !== undefined) this.#pending.take(document);
          this.#pending.look();
        },
        drop: ({ id }) => this.#pending.drop({ accountId: id }),
        logger,
      }),
    ];
    this.#schedule = new Schedule({
      everyMs,
      run: () => this.#look(),
      onFailed: (error) => logger.error({ err: error }, 'cannot look which halts are due; trying again'),
    });
  }

  /** Resolves when every halt that stands is known here. */
  async start(): Promise<void> {
    await Promise.all(this.#queries.map(async (query) => query.open()));
    this.#schedule.start();
  }

  async close(): Promise<void> {
    for (const query of this.#queries) query.close();
    await this.#schedule.close();
    await Promise.all([this.#carry.close(), this.#pending.close(), ...this.#expiring.values()]);
  }

  #look(): void {
    this.#carry.look();
    this.#pending.look();
    this.#endScopes();
  }

  #endScopes(): void {
    const now = this.#options.clock.now();
    for (const document of this.#holds.all()) {
      const { scope, seq, state, until } = document;
      const id = `${scopeId(scope)}:${seq}`;
      if (state === 'active' || until === undefined || until > now || this.#expiring.has(id)) continue;
      this.#expiring.set(
        id,
        this.#endScope(document).finally(() => this.#expiring.delete(id)),
      );
    }
  }

  async #endScope({ scope, seq, reason }: ScopeTradingDocument): Promise<void> {
    const { scopes, clock, traceparent, onCommitted, logger } = this.#options;
    try {
      const outcome = await switchScope(scopes, scope, {
        key: `expiry:${seq}`,
        actor: expiryActor,
        reason,
        state: 'active',
        after: seq,
        traceparent: traceparent(),
        clock,
      });
      if (outcome.status === 'committed') onCommitted(outcome.stored);
    } catch (error) {
      logger.error({ err: error, scope: scopeId(scope) }, 'a halt cannot be ended; trying again');
    }
  }

  /** What left the query may have been replaced by what is newer, so the document is read. */
  async #leave(left: ScopeTradingDocument): Promise<void> {
    const { firestore, logger } = this.#options;
    try {
      const found = await firestore.doc(paths.scopeTrading(left.scope)).get();
      const document = readDocument<ScopeTradingDocument>(found) ?? left;
      if (document.isOpen) this.#holds.take(document);
      else this.#holds.drop(document);
    } catch (error) {
      logger.warn(
        { err: error, scope: scopeId(left.scope) },
        'cannot read what a scope says; its halt stands',
      );
    }
  }
}

/** What an account has to do before anything else is decided for it. */
export function settleBy(holds: ScopeHolds, clock: Clock): (account: Account) => readonly AccountEvent[] {
  return (account) => holds.settle(account, clock.now());
}
