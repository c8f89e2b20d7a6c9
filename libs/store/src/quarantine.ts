import { paths } from '@bellwether/contracts';
import type { Firestore } from '@google-cloud/firestore';
import { repositoriesOf } from './documents/repositories.ts';
import { isAlreadyExists } from './errors.ts';

/** A message that never will parse, as it is kept for inspection. */
export interface QuarantinedMessage {
  readonly id: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
}

/** More than so many bytes of data are cut off. */
export const largestQuarantined = 200 * 1024;

/** Keeps poison messages as `quarantine/{consumer}:{messageId}`, with the reason; once each. */
export function quarantineTo(firestore: Firestore) {
  const { quarantine } = repositoriesOf(firestore);
  return async (consumer: string, message: QuarantinedMessage, reason: string): Promise<void> => {
    try {
      await quarantine.create(paths.quarantine(consumer, message.id), {
        consumer,
        reason: reason.slice(0, 4_096),
        attributes: { ...message.attributes },
        data: Buffer.from(message.data.subarray(0, largestQuarantined)),
        isCut: message.data.length > largestQuarantined,
        publishedAt: message.publishedAt,
      });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  };
}
