import type { Logger } from '@bellwether/observability';
import { PoisonError } from './poison-error.ts';
import { logFieldsOf } from './received.ts';
import type { Received } from './received.ts';

/** What becomes of a message: acknowledged and gone, or refused and delivered again. */
export type Outcome = 'ack' | 'nack';

/** Keeps a poison message for inspection. The message is acknowledged only after it resolved. */
export type Quarantine = (consumer: string, message: Received, reason: string) => Promise<void>;

export interface Delivery {
  /** The subscription's name. */
  readonly consumer: string;
  readonly handle: (message: Received) => Promise<unknown>;
  readonly quarantine: Quarantine | undefined;
  readonly logger: Logger;
}

/** Hands a message to its handler, waits for the end and says what becomes of it. Never throws. */
export function deliver(message: Received, delivery: Delivery): Promise<Outcome> {
  return delivery.handle(message).then(acknowledge, (error) => refuse(message, error, delivery));
}

function acknowledge(): Outcome {
  return 'ack';
}

async function refuse(message: Received, error: unknown, delivery: Delivery): Promise<Outcome> {
  if (error instanceof PoisonError) return isolate(message, error, delivery);
  const { consumer, logger } = delivery;
  logger.error({ ...logFieldsOf(message), subscription: consumer, err: error }, 'handler failed');
  return 'nack';
}

async function isolate(message: Received, poison: PoisonError, delivery: Delivery): Promise<Outcome> {
  const { consumer, quarantine, logger } = delivery;
  const fields = { ...logFieldsOf(message), subscription: consumer };
  if (quarantine === undefined) {
    logger.error({ ...fields, err: poison }, 'poison message, and no quarantine to keep it');
    return 'nack';
  }
  try {
    await quarantine(consumer, message, poison.message);
    logger.error({ ...fields, err: poison }, 'poison message quarantined');
    return 'ack';
  } catch (error) {
    logger.error({ ...fields, err: error, poison: poison.message }, 'quarantine failed');
    return 'nack';
  }
}
