const nameFields = new Set([
  'name',
  'topic',
  'subscription',
  'parent',
  'database',
  'document',
  'delete',
  'writeStream',
  'resource',
]);
const innerFields = new Set(['request', 'writes', 'update', 'transform', 'documents', 'document', 'message']);
const deepest = 4;

/** The resource names in a request: its own fields, and the documents that it reads or writes. Found when asked for. */
export function* resourcesOf(message: unknown, depth = 0): Generator<string> {
  if (typeof message !== 'object' || message === null || depth > deepest) return;
  for (const [field, inner] of Object.entries(message) as [string, unknown][]) {
    if (typeof inner === 'string') {
      if (nameFields.has(field) && inner !== '') yield inner;
    } else if (innerFields.has(field)) {
      for (const each of Array.isArray(inner) ? inner : [inner]) {
        if (typeof each === 'string') yield each;
        else yield* resourcesOf(each, depth + 1);
      }
    }
  }
}

/** `topics` of `projects/p/topics/t`, the collection of a document, `documents` of a database's root. */
export function resourceKind(name: string): string {
  const parts = name.split('/');
  return parts.at(-1) === 'documents' ? 'documents' : (parts.at(-2) ?? '');
}
