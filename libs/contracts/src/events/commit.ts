import type { AccountEvent } from '@bellwether/domain';
import * as z from 'zod';
import { sequenceId } from '../ids.ts';
import { AccountEventSchema, isAccountEvent } from './account-event.ts';
import { AccountEventV1, upcastEventV1 } from './commit-v1.ts';
import { compiledObject } from './compiled.ts';

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

const Events = z.array(AccountEventSchema).min(1);

/**
 * One commit of one account: what `events` carries as JSON, CloudEvents type `bellwether.commit.v1`, in schema 2. What
 * lies in a journal is read in the same shape, whatever its schema; its hash stays that of what was stored.
 */
export const Commit = z.discriminatedUnion('schema', [
  z
    .strictObject({ schema: z.literal(1), ...commitFields, events: z.array(AccountEventV1).min(1) })
    .transform((old) => ({ ...old, schema: 2 as const, events: old.events.map(upcastEventV1) })),
  compiledObject({ schema: z.literal(2), ...commitFields, events: z.unknown() }).transform(
    ({ events, ...commit }, context) => ({ ...commit, events: readEvents(events, context) }),
  ),
  compiledObject({
    schema: z.literal(3),
    ...commitFields,
    eventTypes: z.array(z.string()),
    events: z.string(),
    // Each field by its name: the rest of an object takes longer than all of the check.
  }).transform((stored, context) => ({
    schema: 2 as const,
    tenant: stored.tenant,
    uid: stored.uid,
    accountId: stored.accountId,
    seq: stored.seq,
    commitId: stored.commitId,
    cause: stored.cause,
    traceparent: stored.traceparent,
    previousHash: stored.previousHash,
    hash: stored.hash,
    events: readEventsIn(stored.events, context),
  })),
]);
export type Commit = z.infer<typeof Commit>;

function readEventsIn(text: string, context: z.RefinementCtx): AccountEvent[] {
  try {
    return readEvents(JSON.parse(text), context);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.addIssue({ code: 'custom', message: 'must be JSON', path: ['events'] });
    return z.NEVER;
  }
}

/** The events themselves, where they are as they have to be; what is wrong with them otherwise. */
function readEvents(value: unknown, context: z.RefinementCtx): AccountEvent[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isAccountEvent)) return value;
  const parsed = Events.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { message, path } of parsed.error.issues)
    context.addIssue({ code: 'custom', message, path: ['events', ...path] });
  return z.NEVER;
}

/**
 * A commit as `journal/{seq}` holds it since schema 3: its events are one text, which is hashed, stored and published as
 * it is. Everything else is a field.
 */
export type JournalDocument = Omit<Commit, 'schema' | 'events'> & {
  readonly schema: 3;
  /** What happened, each type once, for whoever looks at the document. */
  readonly eventTypes: readonly string[];
  /** The events in their order, as JSON. */
  readonly events: string;
};

export const commitMessageType = 'bellwether.commit.v1';

/** True for a message on `events` that says of itself to be of another type: whoever does not know it passes it over. */
export function isOtherThanCommit(attributes: Readonly<Record<string, string>>): boolean {
  const type = attributes['ce-type'];
  return type !== undefined && type !== commitMessageType;
}

/**
 * A commit as a message carries it.
 *
 * @param eventsJson its events as JSON, where they are text already.
 */
export function commitBody(commit: Commit, eventsJson = JSON.stringify(commit.events)): Buffer {
  const { events: _, ...head } = commit;
  const before = `${JSON.stringify(head).slice(0, -1)},"events":`;
  const [headBytes, eventBytes] = [Buffer.byteLength(before), Buffer.byteLength(eventsJson)];
  const body = Buffer.allocUnsafe(headBytes + eventBytes + 1);
  body.write(before, 'utf8');
  // What is ASCII needs no look at its characters.
  body.write(eventsJson, headBytes, eventBytes === eventsJson.length ? 'latin1' : 'utf8');
  body.write('}', headBytes + eventBytes, 'latin1');
  return body;
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
    events: eventTypesOf(commit.events).join(','),
    causation: causation(commit.cause),
  };
}

/** Each type once, in the order of its first event. */
export function eventTypesOf(events: Commit['events']): string[] {
  const types: string[] = [];
  for (const { type } of events) if (!types.includes(type)) types.push(type);
  return types;
}
