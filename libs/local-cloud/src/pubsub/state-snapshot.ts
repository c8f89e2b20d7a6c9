import type { SnapshotSource } from '../log/durable-log.ts';
import { encodeFrames, frameHeaderBytes } from '../log/frames.ts';
import type { Message } from './message.ts';
import { encodeRecord, messagesRecordSize } from './records.ts';
import type { LogRecord } from './records.ts';
import { rpc } from './rpc-messages.ts';
import type { PubSubState } from './state.ts';

const chunkBytes = 256 * 1024;

/**
 * The state at the call as one record of the log: `restore` gives it back. Messages that nothing holds are not in it.
 * They are encoded chunk by chunk as the chunks are taken; nothing later changes what is encoded.
 */
export function snapshotOf(state: PubSubState): SnapshotSource {
  const held = new Set<Message>();
  const records = recordsOf(state, held).map(encodeRecord);
  const groups = [...inGroups(held)];
  const first = encodeFrames([encodeRecord({ type: 'nextSeq', seq: state.nextSeq })]);
  const last = encodeFrames(records);
  const size = groups.reduce(
    (sum, group) => sum + frameHeaderBytes + messagesRecordSize(group),
    first.length + last.length,
  );
  return { size, chunks: chunksOf(first, groups, last) };
}

/** All but the messages, which it collects. */
function recordsOf(state: PubSubState, held: Set<Message>): LogRecord[] {
  const records: LogRecord[] = [];
  const hold = (messages: Iterable<Message>): number[] => {
    const seqs: number[] = [];
    for (const message of messages) {
      held.add(message);
      seqs.push(message.seq);
    }
    return seqs;
  };
  for (const [name, { config, history }] of state.topics) {
    records.push({ type: 'topic', config }, { type: 'history', name, seqs: hold(history.messages()) });
  }
  for (const { name, config, backlog, since } of state.subscriptions.values()) {
    records.push(
      { type: 'subscription', config },
      { type: 'since', name, seqs: [since] },
      { type: 'holds', name, seqs: hold(backlog.messages()) },
    );
  }
  for (const { config, seq, unacked } of state.snapshots.values()) {
    records.push({ type: 'snapshot', config, seqs: [seq, ...hold(unacked)] });
  }
  for (const { revisions } of state.schemas.values()) {
    for (const config of revisions) records.push({ type: 'schema', config });
  }
  for (const [name, policy] of state.policies) {
    records.push({ type: 'policy', name, policy: rpc.Policy.encode(policy).finish() });
  }
  return records;
}

function* inGroups(messages: Iterable<Message>): Iterable<Uint8Array[]> {
  let group: Uint8Array[] = [];
  let size = 0;
  for (const { wire } of messages) {
    group.push(wire);
    size += wire.length;
    if (size < chunkBytes) continue;
    yield group;
    group = [];
    size = 0;
  }
  if (group.length > 0) yield group;
}

function* chunksOf(
  first: Uint8Array,
  groups: readonly Uint8Array[][],
  last: Uint8Array,
): Iterable<Uint8Array> {
  yield first;
  for (const wires of groups) yield encodeFrames([encodeRecord({ type: 'messages', wires })]);
  yield last;
}
