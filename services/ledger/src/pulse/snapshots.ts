import { type PulseSnapshotDocument, paths } from '@bellwether/contracts';
import { type Clock, worthOfHoldings } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import {
  type BulkWrites,
  type Stored,
  WritesShedError,
  isAlreadyExists,
  isFailedPrecondition,
  isNotFound,
  repositoriesOf,
} from '@bellwether/store';
import type { Firestore, Timestamp } from '@google-cloud/firestore';
import type { PulseBook, PulsedAccount } from './pulse-book.ts';
import { amountOf } from './pulse-views.ts';
import { type Told, isMaterial, leastApartMs, toldBy } from './told-accounts.ts';

const looksEveryMs = 1_000;
const mostAtOnce = 64;
const mostNames = 50;

export interface SnapshotsOptions {
  readonly firestore: Firestore;
  readonly writes: BulkWrites;
  readonly book: PulseBook;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface ToldAccount extends Told {
  readonly updateTime?: Timestamp;
}

/**
 * A document for each account whose worth has changed materially, at most once a minute, in the background. Several
 * processes may do so: whoever is first has told it, and the others go by that.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #told = new Map<string, ToldAccount>();
  readonly #writing = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** What is stored of an account. */
  know(accountId: string, stored: Stored<PulseSnapshotDocument> | undefined): void {
    if (stored === undefined) this.#told.delete(accountId);
    else this.#told.set(accountId, { ...toldBy(stored.document), updateTime: stored.updateTime });
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), looksEveryMs);
    this.#timer.unref();
  }

  /** Begins to write what is due. */
  look(): void {
    const { book, clock } = this.#options;
    const now = clock.now();
    const { equity, exposure } = book.columns;
    for (const account of book.accounts) {
      if (this.#isClosed || this.#writing.size >= mostAtOnce) return;
      const { accountId } = account.ref;
      const told = this.#told.get(accountId);
      if (told !== undefined && now < told.at + leastApartMs) continue;
      const at = account.index;
      const openPositions = account.holdings.positions.size;
      const current = { openPositions, equity: equity[at] ?? 0, exposure: exposure[at] ?? 0 };
      if (this.#writing.has(accountId) || !isMaterial(told, current)) continue;
      const written = this.#write(account, now, told?.updateTime).finally(() =>
        this.#writing.delete(accountId),
      );
      this.#writing.set(accountId, written);
    }
  }

  /** Resolves when what is being written now is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.settled();
  }

  async #write(account: PulsedAccount, now: number, updateTime: Timestamp | undefined): Promise<void> {
    const { firestore, writes } = this.#options;
    const { tenant, uid, accountId } = account.ref;
    const path = paths.pulseSnapshot(account.ref);
    const document = this.#documentOf(account, now);
    try {
      const [written] = await writes.write({ tenant, uid, priority: 'background' }, (batch) => {
        if (updateTime === undefined) batch.create(path, document);
        else batch.update(path, document, updateTime);
      });
      if (written !== undefined)
        this.#told.set(accountId, { ...toldBy(document), updateTime: written.writeTime });
    } catch (error) {
      if (error instanceof WritesShedError) return; // looked at again in a second
      if (isAlreadyExists(error) || isFailedPrecondition(error) || isNotFound(error)) {
        await repositoriesOf(firestore)
          .pulseSnapshots.read(path)
          .then((stored) => this.know(accountId, stored))
          .catch((failure: unknown) => this.#warn(accountId, failure));
        return;
      }
      this.#warn(accountId, error);
    }
  }

  #warn(account: string, error: unknown): void {
    this.#options.logger.warn({ account, err: error }, 'a snapshot of the pulse could not be written');
  }

  #documentOf({ ref, index, holdings, version }: PulsedAccount, now: number): PulseSnapshotDocument {
    const { book } = this.#options;
    const { currency, worth, unpriced } = worthOfHoldings(holdings, book.prices.of);
    const peak = book.columns.peak[index] ?? Number.NaN;
    return {
      tenantId: ref.tenant,
      currency,
      version,
      openPositions: holdings.positions.size,
      worth: worth ?? null,
      peakEquity: Number.isNaN(peak) ? null : amountOf(peak),
      unpriced: unpriced.slice(0, mostNames),
      at: Math.round(now),
    };
  }
}
