import type { StoreFirestore } from '@bellwether/store';
import { asId } from './as-id.ts';
import type { OpenCloud } from './with-cloud.ts';
import { withFirestore } from './with-firestore.ts';

export interface AnswerOptions {
  readonly tenant?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** As `ofTenant` declares them. */
export interface TenantOptions extends AnswerOptions {
  readonly tenant: string;
}

/** What a command prints: one of the two, as its options say. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  /** The process ends with it; 0 unless given. */
  readonly code?: number;
}

/** Runs a command on what is stored, prints its answer, and ends the process. */
export async function answer(
  command: string,
  options: AnswerOptions,
  act: (firestore: StoreFirestore, cloud: OpenCloud) => Promise<Answer>,
): Promise<void> {
  if (options.tenant !== undefined) asId('tenant', options.tenant);
  endWith(await withFirestore(command, options.dataDir, act), options);
}

/** Prints the answer, and ends the process. */
export function endWith({ json, text, code = 0 }: Answer, options: Pick<AnswerOptions, 'json'>): never {
  process.stdout.write(options.json === true ? `${JSON.stringify(json)}\n` : text);
  process.exit(code);
}
