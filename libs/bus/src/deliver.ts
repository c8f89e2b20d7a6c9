import type { Logger } from '@bellwether/observability';
import { PoisonError } from './poison-error.ts';
import { logFieldsOf } from './received.ts';
import type { Received } from './received.ts';
import { Failure, Underway } from './underway.ts';

/** What becomes of a message: acknowledged and gone, or refused and delivered again. */
export type Outcome = 'ack' | 'nack';

/** Hears what becomes of a message, once. */
export type Settle = (message: Received, outcome: Outcome) => void;

/** Keeps a poison message for inspection. The message is acknowledged only after it resolved. */
export type Quarantine = (consumer: string, message: Received, reason: string) => Promise<void>;

export interface Delivery {
  /** The subscription's name. */
  readonly consumer: string;
  /** What it answers with `Underway` is waited for. */
  readonly handle: (message: Received) => Promise<unknown>;
  readonly quarantine: Quarantine | undefined;
  readonly logger: Logger;
}

/**
 * Hands a message to its handler, waits for the end and says what becomes of it. Never throws.
 *
 * Without an `async`: of a message that waits nothing is held but the one function that hears of the end.
 */
export function deliver(message: Received, delivery: Delivery, settle: Settle): void {
  const end = (failure?: Failure): void => {
    if (failure === undefined) settle(message, 'ack');
    else void refuse(message, failure.error, delivery).then((outcome) => settle(message, outcome));
  };
  void delivery.handle(message).then(
    (answer) => (answer instanceof Underway ? void answer.over.then(end) : end()),
    (error) => end(new Failure(error)),
  );
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
