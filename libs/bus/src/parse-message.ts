import * as z from 'zod';
import { PoisonError } from './poison-error.ts';
import type { Received } from './received.ts';

/**
 * A JSON message as its schema types it.
 *
 * @throws PoisonError that names `what` it should have been, each field that is wrong, and why.
 */
export function parseMessage<Message>(received: Received, schema: z.ZodType<Message>, what: string): Message {
  const parsed = schema.safeParse(parseJson(received.data, what));
  if (!parsed.success) throw new PoisonError(`not a ${what}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(data: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch (error) {
    throw new PoisonError(`the ${what} is not JSON`, { cause: error });
  }
}
