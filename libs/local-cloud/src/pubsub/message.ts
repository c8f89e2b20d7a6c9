import { toMicros, v1 } from './wire.ts';
import type { Attributes } from './filter.ts';

/** A published message. Kept once, as the bytes that are delivered; subscriptions hold references to it. */
export interface Message {
  /** Position in the order of publishing; its decimal text is the message id. */
  readonly seq: number;
  /** Epoch microseconds. */
  readonly publishedAt: number;
  /** Empty without one. */
  readonly orderingKey: string;
  /** The encoded PubsubMessage, id and publish time included. */
  readonly wire: Uint8Array;
}

export function attributesOf(wire: Uint8Array): Attributes {
  return v1.PubsubMessage.decode(wire).attributes;
}

/** The message that `bytes` encode, copied out of them, and its attributes, which only filters look at. */
export function readMessage(bytes: Uint8Array): { message: Message; attributes: Attributes } {
  const wire = new Uint8Array(bytes);
  const { messageId, publishTime, orderingKey, attributes } = v1.PubsubMessage.decode(wire);
  return {
    message: { seq: Number(messageId), publishedAt: toMicros(publishTime), orderingKey, wire },
    attributes,
  };
}
