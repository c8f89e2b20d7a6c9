import { type VerifiedAccount, type VerifyReport, verify } from '@bellwether/ledger';
import { archivedTradesOf } from '../archive/archive-files.ts';
import { counted } from '../counted.ts';
import { InputError } from '../input-error.ts';
import { chooseAccounts, withFirestore } from '../stored/with-firestore.ts';

export interface VerifyCommandOptions {
  readonly dataDir?: string;
  readonly account?: string;
  /** Seconds. */
  readonly patience?: string;
  readonly json?: boolean;
}

/** `bellwether verify`: exit code 0 when everything that is stored adds up, 1 when something does not. */
export async function runVerifyCommand(options: VerifyCommandOptions): Promise<void> {
  const { dataDir, account, json = false } = options;
  const patience = patienceOf(options);
  const onAccount = json ? () => undefined : tellProgress();
  const report = await withFirestore('verify', dataDir, async (firestore, { environment, isAlone }) => {
    const accounts = await chooseAccounts(firestore, account);
    // Where nothing else runs, nothing will be booked that is not.
    const patienceMs = (patience ?? (isAlone ? 0 : 10)) * 1_000;
    return verify(firestore, { accounts, patienceMs, onAccount, archived: archivedTradesOf(environment) });
  });
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : summaryOf(report));
  process.exit(report.differences.length === 0 ? 0 : 1);
}

/** Seconds. */
function patienceOf({ patience }: VerifyCommandOptions): number | undefined {
  if (patience === undefined) return undefined;
  const seconds = Number(patience);
  if (!(seconds >= 0 && seconds <= 3_600))
    throw new InputError(`--patience: must be seconds from 0 to 3600, not "${patience}"`);
  return seconds;
}

function tellProgress(): (verified: VerifiedAccount, total: number) => void {
  let done = 0;
  return ({ account, commits, entries, trades, differences }, total) => {
    done += 1;
    const outcome = differences.length === 0 ? 'adds up' : counted(differences.length, 'difference');
    process.stderr.write(
      `${done}/${total} ${account.accountId}: ${readOf({ commits, entries, trades })}: ${outcome}\n`,
    );
  };
}

function summaryOf({
  accounts,
  commits,
  entries,
  trades,
  tenants,
  house,
  differences,
}: VerifyReport): string {
  const lines = differences.map(
    ({ account, about, what, repair }) => `${account.accountId}: ${about}: ${what}\n  repair: ${repair}`,
  );
  for (const { tenant, imbalance } of [...tenants, { tenant: 'the house', ...house }])
    for (const [currency, sum] of Object.entries(imbalance))
      lines.push(`the balances of ${tenant} sum to ${sum} ${currency}, and not to zero`);
  const outcome = differences.length === 0 ? 'everything adds up' : counted(differences.length, 'difference');
  lines.push(`${counted(accounts, 'account')}, ${readOf({ commits, entries, trades })}: ${outcome}`);
  return `${lines.join('\n')}\n`;
}

function readOf({ commits, entries, trades }: Pick<VerifyReport, 'commits' | 'entries' | 'trades'>): string {
  return `${counted(commits, 'commit')}, ${counted(entries, 'entry', 'entries')}, ${counted(trades, 'trade')}`;
}
