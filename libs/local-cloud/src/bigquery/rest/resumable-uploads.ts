import { randomUUID } from 'node:crypto';

import { BigQueryError, invalid, notFound } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { RawAnswer } from './route.ts';

/** Uploads that wait for more of their file; the oldest makes room for another. */
const maxUploads = 8;

interface Upload {
  /** Path and query of the request that began it. */
  readonly url: string;
  readonly resource: JsonObject;
  readonly chunks: Buffer[];
  bytes: number;
}

/** A finished upload, to be answered as if its resource and file had come in one request. */
export interface FinishedUpload {
  readonly url: string;
  readonly resource: JsonObject;
  readonly media: Buffer;
}

/**
 * Google's resumable protocol: a POST with the resource answers with a location, PUTs there bring the file in pieces.
 * In memory only: an upload that a restart interrupts begins anew.
 */
export class ResumableUploads {
  readonly #uploads = new Map<string, Upload>();
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  begin(url: URL, host: string, resource: JsonObject): RawAnswer {
    const [oldest] = this.#uploads.keys();
    if (this.#uploads.size >= maxUploads && oldest !== undefined) this.#uploads.delete(oldest);
    const id = randomUUID();
    this.#uploads.set(id, { url: `${url.pathname}${url.search}`, resource, chunks: [], bytes: 0 });
    const location = new URL(`http://${host}${url.pathname}${url.search}`);
    location.searchParams.set('upload_id', id);
    return new RawAnswer(Buffer.alloc(0), { location: location.href });
  }

  /** Takes one piece. Answers 308 with what has arrived until the last one is there. */
  put(id: string, contentRange: string | undefined, piece: Buffer): FinishedUpload | RawAnswer {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw notFound(`Upload ${id}`);
    const range = readRange(contentRange);
    if (range.first !== undefined) {
      if (range.first > upload.bytes)
        throw invalid(`The piece begins at ${range.first}, expected ${upload.bytes}`);
      const unseen = piece.subarray(upload.bytes - range.first);
      if (upload.bytes + unseen.length > this.#maxBytes) {
        this.#uploads.delete(id);
        throw new BigQueryError(413, 'invalid', `The file exceeds the limit: ${this.#maxBytes} bytes.`);
      }
      upload.chunks.push(unseen);
      upload.bytes += unseen.length;
    }
    const isLast = range.total === undefined ? range.isOpen : upload.bytes >= range.total;
    if (!isLast) return incomplete(upload.bytes);
    this.#uploads.delete(id);
    return { url: upload.url, resource: upload.resource, media: Buffer.concat(upload.chunks) };
  }
}

const incomplete = (bytes: number): RawAnswer =>
  new RawAnswer(Buffer.alloc(0), bytes === 0 ? {} : { range: `bytes=0-${bytes - 1}` }, 308);

/** `bytes 0-99/200`, `bytes 0-99/*` where more follows, `bytes 0-*\/*` for all there is, `bytes *\/*` to ask. */
function readRange(header: string | undefined): {
  readonly first: number | undefined;
  readonly total: number | undefined;
  readonly isOpen: boolean;
} {
  if (header === undefined) return { first: 0, total: undefined, isOpen: true };
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header);
  if (match === null) throw invalid(`Invalid Content-Range: ${header}`);
  const [, first, last, total] = match;
  return {
    first: first === undefined ? undefined : Number(first),
    total: total === '*' ? undefined : Number(total),
    isOpen: last === '*',
  };
}
