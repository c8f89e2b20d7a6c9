import type { DeadLetterActionDocument } from '@bellwether/contracts';

/** Who acts, and when. */
export type By = Pick<DeadLetterActionDocument, 'actor' | 'at'>;

/** The dead letter is not to be treated so, as it is now. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';
}
