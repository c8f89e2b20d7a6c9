import { invalid } from '../errors.ts';

export interface ObjectUri {
  readonly bucket: string;
  readonly name: string;
}

export const objectUri = ({ bucket, name }: ObjectUri): string => `gs://${bucket}/${name}`;

/** Reads `gs://bucket/name`, whose name may hold one `*`. */
export function parseObjectUri(given: unknown): ObjectUri {
  const [, bucket = '', name = ''] =
    /^gs:\/\/([^/*]+)\/([^*]*\*?[^*]*)$/.exec(typeof given === 'string' ? given : '') ?? [];
  if (name === '') throw invalid(`Invalid Cloud Storage URI: ${String(given)}`);
  return { bucket, name };
}

/** Whether the name is what the pattern's one `*` can stand for. */
export function matchesPattern(name: string, pattern: string): boolean {
  const [head = '', tail] = pattern.split('*');
  if (tail === undefined) return name === pattern;
  return name.length >= head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
}
