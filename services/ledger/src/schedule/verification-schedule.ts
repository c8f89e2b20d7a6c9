import { type ScopeEvent, newTraceParent, systemScope } from '@bellwether/contracts';
import type { Ids } from '@bellwether/domain';
import { type Logger, Schedule } from '@bellwether/observability';
import { type ScopeStore, hashRequest } from '@bellwether/store';
import type { VerifyReport } from '../verify/verify.ts';

export interface VerificationScheduleOptions {
  /** Milliseconds from the end of one verification to the start of the next. */
  readonly everyMs: number;
  /** @param signal stops it between two accounts. */
  readonly verify: (signal: AbortSignal) => Promise<VerifyReport>;
  readonly scopes: Pick<ScopeStore, 'commit'>;
  readonly ids: Ids;
  readonly logger: Logger;
}

const mostExamples = 20;
const mostCharacters = 512;
const mostLogged = 100;

/**
 * Verifies again and again. Differences are logged each time, and become an event of the system's journal: the same
 * ones once, whichever instance finds them, as long as the key of a command is remembered.
 */
export class VerificationSchedule {
  readonly #options: VerificationScheduleOptions;
  readonly #schedule: Schedule;
  /** What the last one came to; undefined before the first. */
  last: { readonly accounts: number; readonly differences: number } | undefined;

  constructor(options: VerificationScheduleOptions) {
    this.#options = options;
    this.#schedule = new Schedule({
      everyMs: options.everyMs,
      run: async (signal) => this.#verify(signal),
      onFailed: (error) =>
        options.logger.error({ err: error }, 'the verification failed; the next one is tried at its time'),
    });
  }

  start(): void {
    this.#schedule.start();
  }

  /** Stops what is under way; resolves when it has stopped. */
  async close(): Promise<void> {
    await this.#schedule.close();
  }

  async #verify(signal: AbortSignal): Promise<void> {
    const { logger, verify } = this.#options;
    const report = await verify(signal);
    const { differences, tenants: _tenants, house: _house, ...counts } = report;
    this.last = { accounts: report.accounts, differences: differences.length };
    if (differences.length === 0) {
      logger.info(counts, 'verified: everything adds up');
      return;
    }
    for (const { account, about, what, repair } of differences.slice(0, mostLogged))
      logger.error({ account: account.accountId, about, what, repair }, 'what is stored does not add up');
    logger.error({ ...counts, differences: differences.length }, 'verified: there are differences');
    await this.#commit(report);
  }

  async #commit(report: VerifyReport): Promise<void> {
    const { scopes, ids, logger } = this.#options;
    const requestHash = hashRequest(report.differences);
    const outcome = await scopes.commit<never>(systemScope, {
      cause: { kind: 'command', name: 'Reconcile', key: `reconcile-${requestHash}` },
      requestHash,
      traceparent: newTraceParent((digits) => ids.hex(digits)),
      decide: () => ({ events: [reconciliationDiffered(report)] }),
    });
    if (outcome.status === 'contended')
      logger.warn({}, 'others were faster in the journal of the system; the differences are told next time');
  }
}

/** The event that tells differences: how many, and the first of them in words. */
export function reconciliationDiffered({
  accounts,
  differences,
}: Pick<VerifyReport, 'accounts' | 'differences'>): ScopeEvent {
  const examples = differences.slice(0, mostExamples).map(({ account, about, what, repair }) => ({
    accountId: account.accountId,
    about,
    what: what.slice(0, mostCharacters),
    repair: repair.slice(0, mostCharacters),
  }));
  return {
    type: 'ReconciliationDiffered',
    accounts,
    differing: new Set(differences.map(({ account }) => account.accountId)).size,
    differences: differences.length,
    examples,
  };
}
