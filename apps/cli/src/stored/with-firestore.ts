import type { AccountRef } from '@bellwether/contracts';
import { type StoreFirestore, connectFirestore, listAccounts } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { InputError } from '../input-error.ts';
import { withCloud } from './with-cloud.ts';

/**
 * Opens what is stored: of a running system by its environment, or with a data directory over a local cloud of its own,
 * which must not be running.
 *
 * @param command for the message where neither says what to open.
 */
export async function withFirestore<Value>(
  command: string,
  dataDir: string | undefined,
  use: (firestore: StoreFirestore) => Promise<Value>,
): Promise<Value> {
  const where = { command, ...(dataDir === undefined ? {} : { dataDir }), needs: 'FIRESTORE_EMULATOR_HOST' };
  return withCloud(where, async (environment) => using(connectFirestore(environment), use));
}

/** All stored accounts, or the one of that id. */
export async function chooseAccounts(
  firestore: Firestore,
  wanted: string | undefined,
): Promise<readonly AccountRef[]> {
  const accounts = await listAccounts(firestore);
  if (wanted === undefined) return accounts;
  const chosen = accounts.filter(({ accountId }) => accountId === wanted);
  if (chosen.length === 0) throw new InputError(`--account: there is no account "${wanted}"`);
  return chosen;
}

async function using<Value>(
  firestore: StoreFirestore,
  use: (firestore: StoreFirestore) => Promise<Value>,
): Promise<Value> {
  try {
    return await use(firestore);
  } finally {
    await firestore.terminate();
  }
}
