import { invalid } from '../errors.ts';
import { objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** The two parts of a `multipart/related` upload: a JSON resource, then the file. */
export function readMultipart(
  contentType: string,
  body: Buffer,
): { readonly resource: JsonObject; readonly media: Buffer } {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) throw invalid('A multipart upload must name its boundary');
  const [, resource, media] = split(body, Buffer.from(`--${name}`));
  if (resource === undefined || media === undefined) throw invalid('A multipart upload must have two parts');
  return { resource: objectOf(JSON.parse(content(resource).toString())), media: content(media) };
}

function split(body: Buffer, separator: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = body.indexOf(separator); at >= 0; at = body.indexOf(separator, start)) {
    parts.push(body.subarray(start, at));
    start = at + separator.length;
  }
  return parts;
}

/** What is behind the part's headers, without the line break before the next boundary. */
function content(part: Buffer): Buffer {
  const blank = part.indexOf('\r\n\r\n');
  const end = part.subarray(-2).toString() === '\r\n' ? part.length - 2 : part.length;
  return part.subarray(blank < 0 ? 0 : blank + 4, end);
}
