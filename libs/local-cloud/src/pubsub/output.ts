import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { StatusError } from './status.ts';
import type { RecordBytes } from '../log/frames.ts';
import type { Delivered } from './wire.ts';

/** What a step decided. */
export interface Output {
  /** Log records that must be durable before anything this or a later step decided is told to anyone. */
  readonly records: RecordBytes[];
  /** Log records of acknowledgements: only this step's own reply waits for them. */
  readonly settlements: Uint8Array[];
  /** To the caller of this step. */
  reply: { readonly response: object } | { readonly error: StatusError } | undefined;
  /** To consumers. A Pull gets exactly one, perhaps empty, and is closed by it. */
  readonly deliveries: { readonly consumer: number; readonly messages: readonly Delivered[] }[];
  /** Streams to be ended. */
  readonly ended: { readonly consumer: number; readonly error: StatusError }[];
  /** To streams, when this step's records are durable. */
  readonly confirmations: {
    readonly consumer: number;
    readonly response: google.pubsub.v1.IStreamingPullResponse;
  }[];
  /** Which subscriptions push, or where to, may have changed. */
  isPushChanged: boolean;
  readonly counts: { publishedMessages: number; publishedBytes: number; ackedMessages: number };
}

export function emptyOutput(): Output {
  return {
    records: [],
    settlements: [],
    reply: undefined,
    deliveries: [],
    ended: [],
    confirmations: [],
    isPushChanged: false,
    counts: { publishedMessages: 0, publishedBytes: 0, ackedMessages: 0 },
  };
}
