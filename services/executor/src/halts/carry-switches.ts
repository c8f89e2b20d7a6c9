import { type AccountRef, type ScopeTradingDocument, paths, scopeId } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { accountsOfScope, isFailedPrecondition, scopeTradingOf } from '@bellwether/store';
import { FieldValue, type Firestore, type Timestamp } from '@google-cloud/firestore';
import type { AccountCommits } from '../commits/account-commits.ts';
import { pause } from '../pause.ts';
import type { ScopeHolds } from './scope-holds.ts';

export interface CarrySwitchesOptions {
  readonly firestore: Firestore;
  readonly commits: Pick<AccountCommits, 'settle'>;
  readonly holds: ScopeHolds;
  readonly name: string;
  readonly clock: Clock;
  readonly traceparent: () => string;
  readonly logger: Logger;
}

const leaseMs = 10_000;
const atOnce = 16;
const perReport = 96;
const tryAgainMs = 25;

/**
 * Carries what a scope says about trading into the journal of each of its accounts, and counts them. It can be
 * broken off at any point: whoever goes on, here or elsewhere, passes over the accounts that have followed.
 */
export class CarrySwitches {
  readonly #options: CarrySwitchesOptions;
  readonly #running = new Map<string, Promise<void>>();
  #isClosing = false;

  constructor(options: CarrySwitchesOptions) {
    this.#options = options;
  }

  /** Goes on with what nobody carries now. Called again and again: it costs nothing where there is nothing to do. */
  look(): void {
    const { holds, clock, name } = this.#options;
    for (const document of holds.all()) {
      const id = scopeId(document.scope);
      const { carrier, isSpreading } = document;
      const isOthers = carrier !== undefined && carrier.name !== name && carrier.until > clock.now();
      if (!isSpreading || isOthers || this.#isClosing || this.#running.has(id)) continue;
      this.#running.set(
        id,
        this.#carry(document).finally(() => this.#running.delete(id)),
      );
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#running.values());
  }

  async #carry(document: ScopeTradingDocument): Promise<void> {
    const { logger } = this.#options;
    const fields = { scope: scopeId(document.scope), seq: document.seq, state: document.state };
    try {
      const report = await this.#claim(document);
      if (report === undefined) return;
      logger.warn(fields, 'trading is switched in every account of a scope');
      if (await this.#carryToAll(document, report))
        logger.warn(fields, 'every account of the scope has followed');
    } catch (error) {
      logger.error({ ...fields, err: error }, 'cannot carry it into every account; trying again');
      await pause(tryAgainMs);
    }
  }

  /** False when it is not to go on here. */
  async #carryToAll(document: ScopeTradingDocument, report: Report): Promise<boolean> {
    const { firestore, clock } = this.#options;
    const { scope, seq, state } = document;
    const kind = scopeTradingOf(document).scope;
    for (;;) {
      const behind: AccountRef[] = [];
      let accounts = 0;
      for await (const { tenantId: tenant, uid, accountId, scopeSeqs } of accountsOfScope(firestore, scope)) {
        accounts += 1;
        if ((scopeSeqs?.[kind] ?? 0) < seq) behind.push({ tenant, uid, accountId });
      }
      let done = accounts - behind.length;
      if (behind.length === 0) {
        const isOpen = state !== 'active';
        const over = { isSpreading: false, isOpen, inForceAt: clock.now(), carrier: FieldValue.delete() };
        return report({ accounts, done, ...over });
      }
      for (let first = 0; first < behind.length; first += perReport) {
        if (!(await report({ accounts, done, carrier: this.#lease() }))) return false;
        const some = behind.slice(first, first + perReport);
        if (!(await this.#settleAll(document, some))) return false;
        done += some.length;
      }
    }
  }

  async #settleAll(document: ScopeTradingDocument, accounts: readonly AccountRef[]): Promise<boolean> {
    for (let first = 0; first < accounts.length; first += atOnce) {
      if (this.#isClosing || this.#options.holds.of(document.scope)?.seq !== document.seq) return false;
      const some = accounts.slice(first, first + atOnce);
      await Promise.all(some.map(async (account) => this.#settle(document, account)));
    }
    return true;
  }

  async #settle({ scope, seq, state }: ScopeTradingDocument, account: AccountRef): Promise<void> {
    const { commits, traceparent } = this.#options;
    const name = state === 'active' ? 'ResumeTrading' : 'HaltTrading';
    const cause = { kind: 'command', name, key: `${scopeId(scope)}:${seq}` } as const;
    for (;;) {
      const { status } = await commits.settle(account, { cause, traceparent: traceparent() });
      if (status !== 'contended') return;
      await pause(tryAgainMs);
    }
  }

  /** Takes it on; `undefined` when another has, or something newer stands. */
  async #claim({ scope, seq }: ScopeTradingDocument): Promise<Report | undefined> {
    const reference = this.#options.firestore.doc(paths.scopeTrading(scope));
    const found = await reference.get();
    let readAt: Timestamp | undefined = found.updateTime;
    const report: Report = async (fields) => {
      if (readAt === undefined) return false;
      try {
        const { writeTime } = await reference.update(fields, { lastUpdateTime: readAt });
        readAt = writeTime;
        return true;
      } catch (error) {
        if (isFailedPrecondition(error)) return false;
        throw error;
      }
    };
    if (found.get('seq') !== seq || found.get('isSpreading') !== true) return undefined;
    return (await report({ carrier: this.#lease() })) ? report : undefined;
  }

  #lease(): { readonly name: string; readonly until: number } {
    const { name, clock } = this.#options;
    return { name, until: clock.now() + leaseMs };
  }
}

/** Writes how far it is; false when somebody else has written meanwhile. */
type Report = (fields: Record<string, unknown>) => Promise<boolean>;
