import {
  type Commit,
  type ScopeCommit,
  causation,
  eventId,
  scopeId,
  sourceOf,
  traceIdOf,
} from '@bellwether/contracts';
import { type Column, fieldNumber } from '../rows/column.ts';
import { RowWriter } from '../rows/row-writer.ts';

export const eventColumns: readonly Column[] = [
  { name: 'event_id', type: 'STRING' },
  { name: 'tenant', type: 'STRING' },
  { name: 'uid', type: 'STRING' },
  { name: 'account_id', type: 'STRING' },
  { name: 'seq', type: 'INT64', description: "The commit's place in the account's journal, from 1." },
  { name: 'event_index', type: 'INT64', description: 'The place in the commit, from 0.' },
  { name: 'type', type: 'STRING' },
  { name: 'payload', type: 'JSON', description: 'The event as it is stored in the journal.' },
  { name: 'trace_id', type: 'STRING', isOptional: true },
  { name: 'cause', type: 'STRING', description: "A command's key, or shard/epoch/number of a frame." },
  { name: 'commit_id', type: 'STRING' },
  { name: 'commit_hash', type: 'STRING' },
  {
    name: 'published_ts',
    type: 'TIMESTAMP',
    description: 'When Pub/Sub took the commit; when Firestore committed it, if its message never came.',
  },
  {
    name: 'scope',
    type: 'STRING',
    isOptional: true,
    description:
      'system, tenant:ID or user:ID, of what happened to more than an account; then account_id is empty.',
  },
];

/** A commit of an account, or of a user, a tenant or the whole system. */
export type ArchivedCommit = Commit | ScopeCommit;

/** A commit and the time that its rows show, epoch milliseconds. */
export interface TimedCommit {
  readonly commit: ArchivedCommit;
  readonly publishedAt: number;
}

const fieldOf = (name: string): number => fieldNumber(eventColumns, name);
const fields = {
  eventId: fieldOf('event_id'),
  tenant: fieldOf('tenant'),
  uid: fieldOf('uid'),
  accountId: fieldOf('account_id'),
  seq: fieldOf('seq'),
  index: fieldOf('event_index'),
  type: fieldOf('type'),
  payload: fieldOf('payload'),
  traceId: fieldOf('trace_id'),
  cause: fieldOf('cause'),
  commitId: fieldOf('commit_id'),
  hash: fieldOf('commit_hash'),
  publishedAt: fieldOf('published_ts'),
  scope: fieldOf('scope'),
};

/** One encoded row an event. The same commit and time give the same bytes. */
export function encodeEvents({ commit, publishedAt }: TimedCommit): Uint8Array[] {
  const writer = new RowWriter(commit.events.length * 1_024);
  const traceId = traceIdOf(commit.traceparent);
  const cause = causation(commit.cause);
  const { tenant, uid, accountId, scope } = originOf(commit);
  for (const [index, event] of commit.events.entries()) {
    writer.text(fields.eventId, eventId(sourceOf(commit), commit.seq, index));
    writer.text(fields.tenant, tenant);
    writer.text(fields.uid, uid);
    writer.text(fields.accountId, accountId);
    writer.integer(fields.seq, commit.seq);
    writer.integer(fields.index, index);
    writer.text(fields.type, event.type);
    writer.text(fields.payload, JSON.stringify(event));
    if (traceId !== undefined) writer.text(fields.traceId, traceId);
    writer.text(fields.cause, cause);
    writer.text(fields.commitId, commit.commitId);
    writer.text(fields.hash, commit.hash);
    writer.integer(fields.publishedAt, Math.round(publishedAt * 1_000));
    if (scope !== undefined) writer.text(fields.scope, scope);
    writer.endRow();
  }
  return writer.finish();
}

/** Empty where a scope has none. */
function originOf(commit: ArchivedCommit): {
  readonly tenant: string;
  readonly uid: string;
  readonly accountId: string;
  readonly scope?: string;
} {
  if (!('scope' in commit)) return commit;
  const { scope } = commit;
  return {
    tenant: scope.kind === 'system' ? '' : scope.tenant,
    uid: scope.kind === 'user' ? scope.uid : '',
    accountId: '',
    scope: scopeId(scope),
  };
}
