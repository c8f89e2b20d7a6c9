import { Timestamp } from '@google-cloud/firestore';

/**
 * The size of a document as Firestore counts it.
 *
 * Source: https://firebase.google.com/docs/firestore/storage-size. What is not data (a field's deletion, a server
 * time) counts as nothing.
 */
export function documentBytes(path: string, fields: object): number {
  const name = path.split('/').reduce((sum, segment) => sum + textBytes(segment), 16);
  return name + fieldsBytes(fields) + 32;
}

function fieldsBytes(fields: object): number {
  return Object.entries(fields).reduce((sum, [name, value]) => sum + textBytes(name) + valueBytes(value), 0);
}

function valueBytes(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value);
    case 'number':
    case 'bigint':
      return 8;
    case 'boolean':
      return 1;
    case 'object':
      if (value === null) return 1;
      if (value instanceof Timestamp || value instanceof Date) return 8;
      if (value instanceof Uint8Array) return value.byteLength;
      if (Array.isArray(value))
        return value.reduce<number>((sum, element: unknown) => sum + valueBytes(element), 0);
      return fieldsBytes(value);
    case 'undefined':
    case 'function':
    case 'symbol':
      return 0;
  }
}

function textBytes(text: string): number {
  return Buffer.byteLength(text) + 1;
}
