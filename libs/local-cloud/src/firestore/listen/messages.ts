import { toTimestamp, type Micros } from '../time.ts';
import { withEmbedded } from '../wire.ts';
import { v1 } from '../protos.ts';
import type { StatusError } from '../status.ts';
import type { DocumentChange } from '../storage/store.ts';
import type { StoredDocument } from '../storage/stored-document.ts';

const DOCUMENT = 1;
const DOCUMENT_CHANGE = 3;
const { ADD, CURRENT, NO_CHANGE, REMOVE, RESET } = v1.TargetChange.TargetChangeType;

export const targetAdded = (target: number): Uint8Array =>
  targetChange({ targetChangeType: ADD, targetIds: [target] });

export const targetReset = (target: number): Uint8Array =>
  targetChange({ targetChangeType: RESET, targetIds: [target] });

/** The target's results are complete as of `readTime`. */
export const targetCurrent = (target: number, readTime: Micros): Uint8Array =>
  targetChange({ targetChangeType: CURRENT, targetIds: [target], ...snapshotAt(readTime) });

/** Everything sent on the stream so far is one consistent snapshot at `readTime`. */
export const consistentAt = (readTime: Micros): Uint8Array =>
  targetChange({ targetChangeType: NO_CHANGE, targetIds: [], ...snapshotAt(readTime) });

export function targetRemoved(target: number, cause?: StatusError): Uint8Array {
  return targetChange({
    targetChangeType: REMOVE,
    targetIds: [target],
    ...(cause && { cause: { code: cause.code, message: cause.message } }),
  });
}

/** A document that some targets show, or show no longer although it exists. */
export function documentChanged(
  document: StoredDocument,
  targetIds: number[],
  removedTargetIds: number[],
): Uint8Array {
  const rest = v1.DocumentChange.encode({ targetIds, removedTargetIds }).finish();
  return withEmbedded(DOCUMENT_CHANGE, withEmbedded(DOCUMENT, document.bytes, rest), new Uint8Array());
}

/** A document that is gone, or that left the results of some targets. */
export function documentGone(change: DocumentChange, targetIds: number[], readTime: Micros): Uint8Array {
  const gone = { document: change.name, removedTargetIds: targetIds, readTime: toTimestamp(readTime) };
  const response = change.after === undefined ? { documentDelete: gone } : { documentRemove: gone };
  return v1.ListenResponse.encode(response).finish();
}

/** How many documents a target shows: a client that counts another number starts again. */
export const existenceFilter = (targetId: number, count: number): Uint8Array =>
  v1.ListenResponse.encode({ filter: { targetId, count } }).finish();

/** The time a resume token stands for; undefined for what is no token of ours. */
export function tokenTime(token: Uint8Array): Micros | undefined {
  if (token.length !== 8) return undefined;
  return Number(Buffer.from(token.buffer, token.byteOffset, 8).readBigUInt64BE());
}

function snapshotAt(readTime: Micros): {
  readTime: { seconds: number; nanos: number };
  resumeToken: Uint8Array;
} {
  const resumeToken = Buffer.alloc(8);
  resumeToken.writeBigUInt64BE(BigInt(readTime));
  return { readTime: toTimestamp(readTime), resumeToken };
}

function targetChange(change: Parameters<typeof v1.TargetChange.encode>[0]): Uint8Array {
  return v1.ListenResponse.encode({ targetChange: change }).finish();
}
