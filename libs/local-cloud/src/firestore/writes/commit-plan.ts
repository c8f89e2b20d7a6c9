import { Code, failedPrecondition, StatusError } from '../status.ts';
import { StoredDocument } from '../storage/stored-document.ts';
import { toTimestamp, type Micros } from '../time.ts';
import { identicalFields } from '../values/compare.ts';
import { checkDocumentSize } from '../values/document-size.ts';
import { checkIndexEntries } from '../values/index-entries.ts';
import { getField, parseFieldPath, withField } from '../values/field-path.ts';
import { fromTimestamp } from '../time.ts';
import { documentOf, transformsOf } from './check-write.ts';
import { applyTransform } from './transforms.ts';
import type { IndexDefinitions } from '../indexes/index-file.ts';
import type { Commit } from '../storage/history.ts';
import type { DocumentChange } from '../storage/store.ts';
import type { Fields, Precondition, Value, Write, WriteResult } from '../protos.ts';

/** What a document will be; `fields` undefined stands for its absence. */
interface Draft {
  readonly before: StoredDocument | undefined;
  fields: Fields | undefined;
}

interface Outcome {
  readonly name: string;
  readonly isDelete: boolean;
  readonly transformResults: Value[];
}

/**
 * The effect of writes on the documents as they are, before anything is changed. Later writes see earlier ones.
 * A document that ends as it began is not changed and keeps its update time.
 */
export class CommitPlan {
  readonly #read: (name: string) => StoredDocument | undefined;
  readonly #now: Micros;
  readonly #indexes: IndexDefinitions;
  readonly #drafts = new Map<string, Draft>();
  readonly #outcomes: Outcome[] = [];

  constructor(read: (name: string) => StoredDocument | undefined, now: Micros, indexes: IndexDefinitions) {
    this.#indexes = indexes;
    this.#read = read;
    this.#now = now;
  }

  /** Throws ALREADY_EXISTS, NOT_FOUND or FAILED_PRECONDITION, and then leaves the plan as it was. */
  add(write: Write): void {
    const name = documentOf(write);
    const draft = this.#drafts.get(name) ?? this.#begin(name);
    checkPrecondition(name, draft, write.currentDocument);
    if (write.delete != null) {
      this.#drafts.set(name, { ...draft, fields: undefined });
      this.#outcomes.push({ name, isDelete: true, transformResults: [] });
      return;
    }
    let fields = updatedFields(draft.fields, write);
    const transformResults: Value[] = [];
    for (const transform of transformsOf(write)) {
      const applied = applyTransform(fields, transform, this.#now);
      fields = applied.fields;
      transformResults.push(applied.result);
    }
    this.#drafts.set(name, { ...draft, fields });
    this.#outcomes.push({ name, isDelete: false, transformResults });
  }

  /** Builds the commit. Throws INVALID_ARGUMENT for a document that became too large. */
  finish(time: Micros): { commit: Commit; results: WriteResult[] } {
    const changes: DocumentChange[] = [];
    const updateTimes = new Map<string, Micros>();
    for (const [name, { before, fields }] of this.#drafts) {
      if (before !== undefined && fields !== undefined && isUnchanged(before, fields)) {
        updateTimes.set(name, before.updateTime);
      } else if (fields !== undefined) {
        const after = StoredDocument.create(name, fields, before?.createTime ?? time, time);
        checkDocumentSize(name, fields, after.bytes.length);
        checkIndexEntries(name, fields, after.bytes.length, this.#indexes);
        updateTimes.set(name, time);
        changes.push({ name, before, after });
      } else if (before !== undefined) {
        changes.push({ name, before, after: undefined });
      }
    }
    const results = this.#outcomes.map(({ name, isDelete, transformResults }): WriteResult => {
      const updateTime = isDelete ? undefined : updateTimes.get(name);
      return { updateTime: updateTime === undefined ? null : toTimestamp(updateTime), transformResults };
    });
    return { commit: { time, changes }, results };
  }

  #begin(name: string): Draft {
    const before = this.#read(name);
    return { before, fields: before?.fields };
  }
}

function isUnchanged(before: StoredDocument, fields: Fields): boolean {
  return fields === before.fields || identicalFields(before.fields, fields);
}

function checkPrecondition(name: string, draft: Draft, condition: Precondition | null | undefined): void {
  if (condition == null) return;
  const exists = draft.fields !== undefined;
  if (condition.updateTime != null) {
    const required = fromTimestamp(condition.updateTime);
    const stored = exists ? (draft.before?.updateTime ?? 0) : 0;
    if (stored === required) return;
    throw failedPrecondition(
      `the stored version (${stored}) does not match the required base version (${required})`,
    );
  }
  if (condition.exists === false && exists) {
    throw new StatusError(Code.ALREADY_EXISTS, `Document already exists: ${name}`);
  }
  if (condition.exists === true && !exists) {
    throw new StatusError(Code.NOT_FOUND, `No document to update: ${name}`);
  }
}

/** The fields after the update part of a write: all of them, or those of its mask. */
function updatedFields(current: Fields | undefined, write: Write): Fields {
  const input = write.update?.fields ?? {};
  if (write.transform != null) return current ?? {};
  if (write.updateMask == null) return input;
  let fields = current ?? {};
  for (const text of write.updateMask.fieldPaths ?? []) {
    const path = parseFieldPath(text);
    fields = withField(fields, path, getField(input, path));
  }
  return fields;
}
