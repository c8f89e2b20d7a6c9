import type { AccountRef } from '@bellwether/contracts';
import { type StoreFirestore, connectFirestore, listAccounts } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { InputError } from '../input-error.ts';
import { type OpenCloud, withCloud } from './with-cloud.ts';

/** Opens what is stored in the cloud that `withCloud` finds. @param command for messages. */
export async function withFirestore<Value>(
  command: string,
  dataDir: string | undefined,
  use: (firestore: StoreFirestore, cloud: OpenCloud) => Promise<Value>,
): Promise<Value> {
  return withCloud({ command, dataDir, needs: ['FIRESTORE_EMULATOR_HOST'] }, async (cloud) => {
    const firestore = connectFirestore(cloud.environment);
    try {
      return await use(firestore, cloud);
    } finally {
      await firestore.terminate();
    }
  });
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
