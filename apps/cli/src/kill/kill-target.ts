import { type AccountRef, type ScopeRef, type UserDocument, paths, systemScope } from '@bellwether/contracts';
import { readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { InputError } from '../input-error.ts';

/** What a halt is about: one account, or a scope with all accounts in it. */
export type KillTarget =
  | { readonly kind: 'account'; readonly account: AccountRef; readonly name: string }
  | { readonly kind: 'scope'; readonly scope: ScopeRef; readonly name: string };

export type KillScope = 'account' | 'user' | 'tenant' | 'global';

/**
 * What `--scope` and the id after it name. `name` is what a person types to confirm.
 *
 * @throws InputError
 */
export async function findTarget(
  firestore: Firestore,
  scope: KillScope,
  id: string | undefined,
): Promise<KillTarget> {
  if (scope === 'global') {
    if (id !== undefined) throw new InputError(`--scope global: takes no id, not "${id}"`);
    return { kind: 'scope', scope: systemScope, name: 'everything' };
  }
  if (id === undefined || !/^[\w.-]+$/.test(id))
    throw new InputError(`--scope ${scope}: needs the id of the ${scope} after it`);
  if (scope === 'tenant') return { kind: 'scope', scope: { kind: 'tenant', tenant: id }, name: id };
  const [uid = '', name] = id.split('.');
  if (scope === 'account' && !name) throw new InputError(`${id}: an account is named "{uid}.{account name}"`);
  const user = readDocument<UserDocument>(await firestore.doc(paths.user(uid)).get());
  if (user === undefined) throw new InputError(`${id}: there is no user ${uid}`);
  const { tenantId: tenant } = user;
  return scope === 'user'
    ? { kind: 'scope', scope: { kind: 'user', tenant, uid: id }, name: id }
    : { kind: 'account', account: { tenant, uid, accountId: id }, name: id };
}
