import type { StoreFirestore } from '@bellwether/store';
import { fail } from '../fail.ts';
import { withFirestore } from './with-firestore.ts';

/** Runs a command on what is stored, and ends the process where it fails. */
export async function overFirestore(
  command: string,
  dataDir: string | undefined,
  act: (firestore: StoreFirestore) => Promise<void>,
): Promise<void> {
  try {
    await withFirestore(command, dataDir, act);
  } catch (error) {
    fail(error);
  }
}
