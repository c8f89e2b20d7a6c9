import * as z from 'zod';
import { sequenceId } from '../ids.ts';
import { AccountEventSchema } from './account-event.ts';
import { AccountEventV1, upcastEventV1 } from './commit-v1.ts';

/** What made a commit: a frame's tick, a command with its idempotency key, or what a broker said of an order. */
export const Cause = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frame'),
    shard: z.int(),
    epoch: z.string(),
    number: z.int(),
  }),
  z.strictObject({ kind: z.literal('command'), name: z.string(), key: z.string() }),
  /** `about`: our client order id, or `reconciliation`. */
  z.strictObject({ kind: z.literal('broker'), broker: z.string(), about: z.string() }),
]);
export type Cause = z.infer<typeof Cause>;

/** A cause in one word: what a person looks for. */
export function causation(cause: Cause): string {
  switch (cause.kind) {
    case 'frame':
      return `${cause.shard}/${cause.epoch}/${cause.number}`;
    case 'command':
      return cause.key;
    case 'broker':
      return `${cause.broker}/${cause.about}`;
  }
}

const commitFields = {
  tenant: z.string(),
  uid: z.string(),
  accountId: z.string(),
  /** Gapless per account, from 1. */
  seq: z.int().positive(),
  /** Drawn once per commit: tells our own commit from another's after an unclear answer. */
  commitId: z.string(),
  cause: Cause,
  /** W3C trace context of the tick or command that caused it. */
  traceparent: z.string(),
  /** Hash of the entry before; empty for the first. */
  previousHash: z.string(),
  /** SHA-256 over all of the entry as it was stored, hex. */
  hash: z.string(),
};

/**
 * One commit of one account: what the journal stores as `journal/{seq}` and what `events` carries as
 * JSON, CloudEvents type `bellwether.commit.v1`. What was stored with an older `schema` is read in the shape
 * of today's; its hash stays that of what was stored.
 */
export const Commit = z.discriminatedUnion('schema', [
  z
    .strictObject({ schema: z.literal(1), ...commitFields, events: z.array(AccountEventV1).min(1) })
    .transform((old) => ({ ...old, schema: 2 as const, events: old.events.map(upcastEventV1) })),
  z.strictObject({ schema: z.literal(2), ...commitFields, events: z.array(AccountEventSchema).min(1) }),
]);
export type Commit = z.infer<typeof Commit>;

export const commitMessageType = 'bellwether.commit.v1';

/** True for a message on `events` that says of itself to be of another type: whoever does not know it passes it over. */
export function isOtherThanCommit(attributes: Readonly<Record<string, string>>): boolean {
  const type = attributes['ce-type'];
  return type !== undefined && type !== commitMessageType;
}

/** CloudEvents 1.0 binary mode: enough to route and to drop duplicates without reading the body. */
export function commitAttributes(commit: Commit): Record<string, string> {
  return {
    'ce-specversion': '1.0',
    'ce-type': commitMessageType,
    'ce-id': `${commit.accountId}:${sequenceId(commit.seq)}`,
    'ce-source': `//bellwether/accounts/${commit.accountId}`,
    'ce-traceparent': commit.traceparent,
    tenant: commit.tenant,
    account: commit.accountId,
    seq: String(commit.seq),
    events: [...new Set(commit.events.map((event) => event.type))].join(','),
    causation: causation(commit.cause),
  };
}
