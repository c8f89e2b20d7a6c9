import { type IncomingMessage, type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { refusalOfUrl } from './channel-url.ts';
import { guardedLookup } from './guarded-lookup.ts';
import type { PrivateReach } from './public-address.ts';
import { type HttpRequest, type SendHttp, reasonOf } from './send-http.ts';

const mostBytes = 65_536;

/**
 * To addresses that tenants choose: https, public, and each judged as it is connected to. Follows no redirect, keeps no
 * connection, and reads no more than the first 64 KiB of an answer.
 */
export function guardedHttp(allowed: PrivateReach, lookup = guardedLookup(allowed)): SendHttp {
  return async (asked) => {
    if (refusalOfUrl(asked.url, allowed) !== undefined)
      return { kind: 'failed', reason: 'EADDRESSREFUSED', mayHaveArrived: false };
    const request = new GuardedRequest(asked, { lookup });
    try {
      const response = await request.answer();
      const body = await firstOf(response);
      const header = (name: string): string | undefined => [response.headers[name]].flat()[0];
      return { kind: 'answered', answer: { status: response.statusCode ?? 0, header, body } };
    } catch (error) {
      const { signal } = asked;
      const reason = reasonOf(signal.aborted ? signal.reason : error);
      return { kind: 'failed', reason, mayHaveArrived: request.isConnected };
    }
  };
}

class GuardedRequest {
  readonly #asked: HttpRequest;
  readonly #lookup: RequestOptions['lookup'];
  /** Before, nothing can have arrived. */
  isConnected = false;

  constructor(asked: HttpRequest, { lookup }: Pick<RequestOptions, 'lookup'>) {
    this.#asked = asked;
    this.#lookup = lookup;
  }

  async answer(): Promise<IncomingMessage> {
    const { url, method, headers, body, signal } = this.#asked;
    const isSecure = url.startsWith('https:');
    return new Promise((resolve, reject) => {
      const request = (isSecure ? httpsRequest : httpRequest)(url, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        agent: false,
        lookup: this.#lookup,
        signal,
      });
      request.once('socket', (socket) =>
        socket.once(isSecure ? 'secureConnect' : 'connect', () => {
          this.isConnected = true;
        }),
      );
      request.once('response', resolve);
      request.once('error', reject);
      request.end(body);
    });
  }
}

/** What is cut off, or breaks off, is not needed: the status has told what became of the request. */
async function firstOf(response: IncomingMessage): Promise<string> {
  const stream: AsyncIterable<Uint8Array> = response;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= mostBytes) break; // which destroys the connection
    }
  } catch {
    response.destroy();
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
}
