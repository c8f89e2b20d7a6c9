import { type AccountRef, paths } from '@bellwether/contracts';
import type { Firestore } from '@google-cloud/firestore';
import { InputError } from '../input-error.ts';
import { findTarget } from '../kill/kill-target.ts';

/** The account of that id, `{uid}.{name}`. @throws InputError where there is none. */
export async function findAccount(firestore: Firestore, id: string): Promise<AccountRef> {
  const target = await findTarget(firestore, 'account', id);
  if (target.kind !== 'account') throw new InputError(`${id}: is no account`);
  const { exists } = await firestore.doc(paths.account(target.account)).get();
  if (!exists) throw new InputError(`${id}: there is no such account`);
  return target.account;
}
