import type { Firestore } from '@google-cloud/firestore';
import { fail } from '../fail.ts';
import { asId } from './as-id.ts';
import type { OpenCloud } from './with-cloud.ts';
import { withFirestore } from './with-firestore.ts';

/** As `ofTenant` declares them. */
export interface TenantOptions {
  readonly tenant: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** What a command prints: one of the two, as its options say. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
}

/** Runs a command on what is stored, prints its answer, and ends the process. */
export async function answer(
  command: string,
  options: TenantOptions,
  act: (firestore: Firestore, cloud: OpenCloud) => Promise<Answer>,
): Promise<void> {
  try {
    asId('tenant', options.tenant);
    const { json, text } = await withFirestore(command, options.dataDir, act);
    process.stdout.write(options.json === true ? `${JSON.stringify(json)}\n` : text);
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}
