import { type AccountDocument, paths } from '@bellwether/contracts';
import { readAccount } from '@bellwether/store';
import { fail } from '../fail.ts';
import { chooseAccounts, withFirestore } from '../stored/with-firestore.ts';
import { accountLine, standingText } from './account-text.ts';
import { type Standing, readStanding } from './read-standing.ts';

export interface AccountOptions {
  readonly dataDir?: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

/** `bellwether account list`: every account, or those of a tenant. */
export async function runAccountList({ dataDir, tenant, json }: AccountOptions): Promise<void> {
  try {
    const accounts = await withFirestore('account', dataDir, async (firestore) => {
      const all = await chooseAccounts(firestore, undefined);
      const wanted = tenant === undefined ? all : all.filter((ref) => ref.tenant === tenant);
      const found: AccountDocument[] = [];
      for (let at = 0; at < wanted.length; at += pageSize) {
        const page = wanted.slice(at, at + pageSize).map((ref) => firestore.doc(paths.account(ref)));
        for (const snapshot of await firestore.getAll(...page)) {
          const account = readAccount(snapshot);
          if (account !== undefined) found.push(account);
        }
      }
      return found;
    });
    const lines = accounts.length === 0 ? ['There are no accounts.'] : accounts.map(accountLine);
    process.stdout.write(`${json === true ? JSON.stringify(accounts) : lines.join('\n')}\n`);
  } catch (error) {
    fail(error);
  }
}

/** `bellwether account show ID`: all that stands in it, and what settles where it and its broker differ. */
export async function runAccountShow(id: string, { dataDir, json }: AccountOptions): Promise<void> {
  try {
    const standing = await withFirestore('account', dataDir, async (firestore) => {
      const [ref] = await chooseAccounts(firestore, id);
      return ref === undefined ? undefined : readStanding(firestore, ref);
    });
    process.stdout.write(`${textOf(standing, json)}\n`);
  } catch (error) {
    fail(error);
  }
}

const pageSize = 300;

function textOf(standing: Standing | undefined, json = false): string {
  if (json) return JSON.stringify(standing ?? null);
  return standing === undefined ? 'It is gone.' : standingText(standing);
}
