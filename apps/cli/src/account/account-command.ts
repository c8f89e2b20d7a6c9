import { type AccountDocument, paths } from '@bellwether/contracts';
import { listAccounts, readAccount } from '@bellwether/store';
import { type AnswerOptions, answer } from '../stored/answer.ts';
import { findAccount } from '../stored/find-account.ts';
import { accountLine, standingText } from './account-text.ts';
import { readStanding } from './read-standing.ts';

/** `bellwether account list`: every account, or those of a tenant. */
export async function runAccountList(options: AnswerOptions): Promise<void> {
  await answer('account', options, async (firestore) => {
    const { tenant } = options;
    const all = await listAccounts(firestore);
    const wanted = tenant === undefined ? all : all.filter((ref) => ref.tenant === tenant);
    const found: AccountDocument[] = [];
    for (let at = 0; at < wanted.length; at += pageSize) {
      const page = wanted.slice(at, at + pageSize).map((ref) => firestore.doc(paths.account(ref)));
      for (const snapshot of await firestore.getAll(...page)) {
        const account = readAccount(snapshot);
        if (account !== undefined) found.push(account);
      }
    }
    const none = tenant === undefined ? 'There are no accounts.' : `${tenant} has no account.`;
    return { json: found, text: `${found.length === 0 ? none : found.map(accountLine).join('\n')}\n` };
  });
}

/** `bellwether account show ID`: all that stands in it, and what settles where it and its broker differ. */
export async function runAccountShow(id: string, options: AnswerOptions): Promise<void> {
  await answer('account', options, async (firestore) => {
    const standing = await readStanding(firestore, await findAccount(firestore, id));
    return {
      json: standing ?? null,
      text: `${standing === undefined ? 'It is gone.' : standingText(standing)}\n`,
    };
  });
}

const pageSize = 300;
