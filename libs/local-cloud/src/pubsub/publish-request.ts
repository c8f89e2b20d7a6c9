import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { WireReader } from '../core/wire-reader.ts';
import { toBuffer } from './wire.ts';

/** A message of a request with the bytes that it is kept as, where they say nothing that only the service may say. */
export interface ArrivedMessage extends google.pubsub.v1.IPubsubMessage {
  readonly encoded?: Uint8Array;
}

/** What is published, as it arrived by gRPC or REST. */
export interface Arrived {
  readonly topic?: string | null | undefined;
  readonly messages?: readonly ArrivedMessage[] | null | undefined;
}

const lengthDelimited = 2;
/** Numbers of fields. */
const request = { topic: 1, messages: 2 } as const;
const field = { data: 1, attributes: 2, orderingKey: 5 } as const;
const entry = { key: 1, value: 2 } as const;

/**
 * google.pubsub.v1.PublishRequest, read where it lies: to make an object of every message and bytes of it again would cost
 * more than all else that is done with a small one.
 */
export const PublishRequest = {
  /** @throws RangeError for bytes that are no such request. */
  decode(bytes: Uint8Array): Arrived {
    const reader = new WireReader(toBuffer(bytes));
    const messages: ArrivedMessage[] = [];
    let topic = '';
    while (!reader.isAtEnd) {
      const tag = reader.smallVarint();
      if (tag === tagOf(request.topic)) topic = reader.text();
      else if (tag === tagOf(request.messages)) messages.push(readMessage(reader.message()));
      else reader.skip(tag & 7);
    }
    return { topic, messages };
  },
};

function readMessage(reader: WireReader): ArrivedMessage {
  const start = reader.position;
  let data: Buffer | undefined;
  let attributes: Record<string, string> | undefined;
  let orderingKey = '';
  let isAllOurs = true;
  while (!reader.isAtEnd) {
    const tag = reader.smallVarint();
    if (tag === tagOf(field.data)) data = reader.slice();
    else if (tag === tagOf(field.attributes)) readAttribute(reader.message(), (attributes ??= {}));
    else if (tag === tagOf(field.orderingKey)) orderingKey = reader.text();
    else {
      // An id or a time, or what nobody knows: the service drops it.
      isAllOurs = false;
      reader.skip(tag & 7);
    }
  }
  return {
    data: data ?? null,
    attributes: attributes ?? null,
    orderingKey,
    ...(isAllOurs ? { encoded: reader.bytes.subarray(start, reader.end) } : {}),
  };
}

function readAttribute(reader: WireReader, attributes: Record<string, string>): void {
  let key = '';
  let value = '';
  while (!reader.isAtEnd) {
    const tag = reader.smallVarint();
    if (tag === tagOf(entry.key)) key = reader.text();
    else if (tag === tagOf(entry.value)) value = reader.text();
    else reader.skip(tag & 7);
  }
  Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
}

function tagOf(number: number): number {
  return (number << 3) | lengthDelimited;
}
