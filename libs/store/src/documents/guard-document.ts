import { type CollectionSpec, collectionAt, collections, maxDocumentBytes } from '@bellwether/contracts';
import { invariant } from '@bellwether/domain';
import { Timestamp } from '@google-cloud/firestore';
import { DocumentTooLargeError } from '../errors.ts';
import { documentBytes } from './document-bytes.ts';

/**
 * Refuses what a collection does not take, before it is sent: a document that is too large, an array that has
 * too many elements or no declared bound.
 *
 * @throws DocumentTooLargeError that names field and limit.
 */
export function guardDocument(path: string, fields: object): void {
  const { arrays } = collectionOf(path);
  const bytes = documentBytes(path, fields);
  if (bytes > maxDocumentBytes)
    throw new DocumentTooLargeError(`${path} would be ${bytes} bytes, more than ${maxDocumentBytes}`, {
      limit: maxDocumentBytes,
      actual: bytes,
    });
  guardArrays(path, '', fields, arrays);
}

/** What is declared of the collection that the document is in. */
export function collectionOf(path: string): CollectionSpec {
  const name = collectionAt(path);
  invariant(name, `${path} is in no collection of the catalogue`);
  return collections[name];
}

function guardArrays(path: string, prefix: string, value: object, bounds: CollectionSpec['arrays']): void {
  for (const [name, inner] of Object.entries(value)) {
    const field = `${prefix}${name}`;
    if (Array.isArray(inner)) guardArray(path, field, inner, bounds);
    else if (isMap(inner)) guardArrays(path, `${field}.`, inner, bounds);
  }
}

function guardArray(
  path: string,
  field: string,
  elements: readonly unknown[],
  bounds: CollectionSpec['arrays'],
): void {
  const limit = bounds[field] ?? bounds[`*.${field.slice(field.lastIndexOf('.') + 1)}`];
  invariant(limit, `the array ${field} of ${path} has no declared bound`);
  if (elements.length > limit)
    throw new DocumentTooLargeError(
      `${field} of ${path} would hold ${elements.length} elements, more than ${limit}`,
      { field, limit, actual: elements.length },
    );
  for (const element of elements) if (isMap(element)) guardArrays(path, `${field}[].`, element, bounds);
}

function isMap(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Timestamp) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}
