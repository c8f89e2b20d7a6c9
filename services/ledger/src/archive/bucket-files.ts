import { ArchiveFileMissingError, type ArchiveFiles, type ByteRange } from './archive-files.ts';

/** Headers that say who asks: none of a server on this machine. */
export type Authorize = () => Promise<Readonly<Record<string, string>>>;

const triesAtMost = 5;

/** Archives in a bucket of Cloud Storage, by its JSON API. */
export class BucketFiles implements ArchiveFiles {
  readonly where: string;
  readonly #bucket: string;
  readonly #endpoint: string;
  readonly #authorize: Authorize;
  readonly #pause: (tries: number) => Promise<void>;

  /**
   * @param endpoint `https://storage.googleapis.com`, or of a local cloud.
   * @param pause waits before it asks again.
   */
  constructor(parts: {
    bucket: string;
    endpoint: string;
    authorize: Authorize;
    pause: (tries: number) => Promise<void>;
  }) {
    this.#bucket = encodeURIComponent(parts.bucket);
    this.#endpoint = parts.endpoint;
    this.#authorize = parts.authorize;
    this.#pause = parts.pause;
    this.where = `gs://${parts.bucket}`;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = `/upload/storage/v1/b/${this.#bucket}/o?uploadType=media&name=${encodeURIComponent(name)}`;
    await this.#ask('POST', path, {
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
    });
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const headers = range === undefined ? {} : { range: `bytes=${range.from}-${range.to - 1}` };
    const response = await this.#ask('GET', `${this.#object(name)}?alt=media`, { headers });
    if (response.status === 404) throw new ArchiveFileMissingError(this.where, name);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // A server may answer a range with all of it.
    return range !== undefined && response.status === 200 ? bytes.subarray(range.from, range.to) : bytes;
  }

  async remove(name: string): Promise<void> {
    await this.#ask('DELETE', this.#object(name), {});
  }

  #object(name: string): string {
    return `/storage/v1/b/${this.#bucket}/o/${encodeURIComponent(name)}`;
  }

  /** Asks again where nobody answered or the server was busy: each request may be made twice. */
  async #ask(
    method: string,
    path: string,
    request: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      const headers = { ...request.headers, ...(await this.#authorize()) };
      const answer = await fetch(`${this.#endpoint}${path}`, {
        method,
        headers,
        ...(request.body === undefined ? {} : { body: request.body }),
      }).catch((error: unknown) => ({ error }));
      const isLost = 'error' in answer || answer.status === 429 || answer.status >= 500;
      if (isLost && tries < triesAtMost) {
        await this.#pause(tries);
        continue;
      }
      if ('error' in answer) throw new Error(`${this.where} does not answer`, { cause: answer.error });
      if (answer.ok || (answer.status === 404 && method !== 'POST')) return answer;
      throw new Error(`${this.where} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    }
  }
}
