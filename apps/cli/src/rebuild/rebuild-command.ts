import { type RebuiltLedger, rebuildLedger } from '@bellwether/ledger';
import { createLogger } from '@bellwether/observability';
import { type RebuiltAccount, rebuildAccount } from '@bellwether/store';
import { archivedTradesOf } from '../archive/archive-files.ts';
import { counted } from '../counted.ts';
import { InputError } from '../input-error.ts';
import { shardsOf } from '../shards-of.ts';
import { chooseAccounts, withFirestore } from '../stored/with-firestore.ts';

export interface RebuildCommandOptions {
  readonly dataDir?: string;
  readonly account?: string;
  readonly shards?: string;
  readonly projection?: 'state' | 'ledger';
  readonly write?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `bellwether rebuild`: exit code 0 when every document is what its journal makes of it, or was made so; 1 when one is
 * not.
 */
export async function runRebuildCommand(options: RebuildCommandOptions): Promise<void> {
  const shards = shardsOf(options.shards);
  const { dataDir, write = false, projection = 'state' } = options;
  if (write && options.yes !== true)
    throw new InputError('--write: replaces documents by what the journals say; confirm with --yes');
  const accounts = await withFirestore('rebuild', dataDir, async (firestore, { environment }) => {
    const chosen = await chooseAccounts(firestore, options.account);
    const archived = archivedTradesOf(environment);
    const rebuilt: (RebuiltAccount | RebuiltLedger)[] = [];
    for (const account of chosen)
      rebuilt.push(
        projection === 'ledger'
          ? await rebuildLedger(firestore, account, { write, logger: silent, archived })
          : await rebuildAccount(firestore, account, { shards, write, now: Date.now() }),
      );
    return rebuilt;
  });
  process.stdout.write(options.json === true ? `${JSON.stringify(accounts)}\n` : summaryOf(accounts, write));
  const isClean = accounts.every(({ differences }) => differences.length === 0);
  const isRepaired = write && accounts.every((account) => lastingIn(account).length === 0);
  process.exit(isClean || isRepaired ? 0 : 1);
}

const silent = createLogger({ service: 'rebuild', level: 'silent' });

/** What nothing may repair. */
function lastingIn(account: RebuiltAccount | RebuiltLedger): RebuiltLedger['lasting'] {
  return 'lasting' in account ? account.lasting : [];
}

function summaryOf(accounts: readonly (RebuiltAccount | RebuiltLedger)[], isWritten: boolean): string {
  const count = (of: (account: RebuiltAccount) => number): number =>
    accounts.reduce((sum, account) => sum + of(account), 0);
  const lines = accounts.flatMap(({ differences }) =>
    differences.map(
      ({ path, field, stored, journal }) =>
        `${path}${field === '' ? '' : ` ${field}`}: stored ${textOf(stored)}, by the journal ${textOf(journal)}`,
    ),
  );
  const lasting = count((account) => lastingIn(account).length);
  const wrong = count(({ differences }) => differences.length);
  const entries = count((account) => account.entries);
  const documents = count((account) => account.documents);
  const outcome =
    wrong === 0
      ? 'all as stored'
      : `${counted(wrong, 'difference')}${isWritten ? `, ${wrong - lasting} repaired` : ''}${lasting === 0 ? '' : `, ${lasting} in what is never changed`}`;
  lines.push(
    `${counted(accounts.length, 'account')}, ${counted(entries, 'entry', 'entries')}, ${counted(documents, 'document')}: ${outcome}`,
  );
  return `${lines.join('\n')}\n`;
}

function textOf(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
