import { type AccountRef, paths } from '@bellwether/contracts';
import { readAccount } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { InputError } from '../input-error.ts';

/** The account of that id, `{uid}.{name}`. @throws InputError where there is none. */
export async function findAccount(firestore: Firestore, accountId: string): Promise<AccountRef> {
  const [, uid] = /^([\w-]{1,64})\.[\w-]{1,32}$/.exec(accountId) ?? [];
  if (uid === undefined) throw new InputError(`${accountId}: an account is named "{uid}.{account name}"`);
  const path = paths.account({ tenant: '', uid, accountId });
  const account = readAccount(await firestore.doc(path).get());
  if (account === undefined)
    throw new InputError(`${accountId}: there is no such account; \`bellwether account list\` names them`);
  return { tenant: account.tenantId, uid, accountId };
}
