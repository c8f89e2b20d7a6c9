import { MAX_TRANSFORMS_PER_DOCUMENT } from '../limits.ts';
import { checkDocumentName } from '../resource-name.ts';
import { invalidArgument } from '../status.ts';
import { checkFields } from '../values/check-fields.ts';
import { parseFieldPath } from '../values/field-path.ts';
import { checkTransform } from './transforms.ts';
import type { FieldTransform, Write } from '../protos.ts';

/** The name of the document that a write is about. */
export function documentOf(write: Write): string {
  return write.update?.name ?? write.delete ?? write.transform?.document ?? '';
}

export function transformsOf(write: Write): readonly FieldTransform[] {
  return write.transform?.fieldTransforms ?? write.updateTransforms ?? [];
}

/** Throws INVALID_ARGUMENT for a write that is wrong whatever is stored. */
export function checkWrite(write: Write, database: string): void {
  const name = documentOf(write);
  checkDocumentName(name);
  if (!name.startsWith(`${database}/documents/`)) {
    throw invalidArgument(`Document name "${name}" is not in the database "${database}".`);
  }
  if (write.update?.fields != null) checkFields(write.update.fields);
  for (const path of write.updateMask?.fieldPaths ?? []) {
    if (parseFieldPath(path).isName) throw invalidArgument('A mask cannot contain __name__.');
  }
  for (const transform of transformsOf(write)) checkTransform(transform);
}

/** Throws INVALID_ARGUMENT when one document is to be transformed too often by one commit. */
export function checkTransforms(writes: readonly Write[]): void {
  const counts = new Map<string, number>();
  for (const write of writes) {
    const { length } = transformsOf(write);
    if (length === 0) continue;
    const name = documentOf(write);
    const count = (counts.get(name) ?? 0) + length;
    counts.set(name, count);
    if (count > MAX_TRANSFORMS_PER_DOCUMENT) {
      throw invalidArgument(`Document '${name}' has more than ${MAX_TRANSFORMS_PER_DOCUMENT} transforms.`);
    }
  }
}
