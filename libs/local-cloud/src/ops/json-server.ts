import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { RunningServer } from '../core/server.ts';
import { refuseForeign } from '../rest/loopback.ts';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly authorization: string;
  /** As it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As text. */
  readonly body: string;
}

export interface JsonReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined sends no body. */
  readonly body?: unknown;
  /** Instead of a body: called with the open response, which it ends; the returned function runs when it is closed. */
  readonly stream?: (response: ServerResponse) => () => void;
}

export interface JsonServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** A longer request body is answered 413. */
  readonly maxBodyBytes: number;
  /** Stands between the sockets and the handler. */
  readonly intercept?: (listener: RequestListener) => RequestListener;
}

/**
 * Serves JSON over HTTP on 127.0.0.1.
 *
 * Web pages cannot reach it: a Host other than this machine's loopback (a rebound name) and any request with an
 * Origin are refused with 403. A handler that throws is answered 500 with the reason. `close` answers the
 * requests that have arrived whole.
 */
export async function startJsonServer(
  options: JsonServerOptions,
  handle: (request: HttpRequest) => JsonReply | Promise<JsonReply>,
): Promise<RunningServer> {
  const running = new Map<IncomingMessage, Promise<void>>();
  const serve: RequestListener = (request, response) => {
    const answered = answer(request, options.maxBodyBytes, handle)
      .then((reply) => send(response, reply))
      .finally(() => running.delete(request));
    running.set(request, answered);
  };
  const server = createServer(options.intercept?.(serve) ?? serve);
  return {
    port: await listen(server, options.port),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const request of running.keys()) if (!request.complete) request.destroy();
      while (running.size > 0) await Promise.allSettled(running.values());
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  maxBodyBytes: number,
  handle: (request: HttpRequest) => JsonReply | Promise<JsonReply>,
): Promise<JsonReply> {
  const refusal = refuseForeign(request.headers);
  if (refusal !== undefined) return { status: 403, body: { message: refusal, code: 0 } };
  try {
    const bytes = await readBody(request, maxBodyBytes);
    if (bytes === undefined)
      return { status: 413, body: { message: 'Request entity too large', code: 40005 } };
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    return await handle({
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      contentType: request.headers['content-type'] ?? '',
      authorization: request.headers.authorization ?? '',
      bytes,
      get body() {
        return Buffer.from(bytes).toString('utf8');
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 500, body: { message: `500: Internal Server Error: ${reason}`, code: 0 } };
  }
}

/** Undefined: longer than `maxBytes`. What follows is read and dropped, so that the client gets its answer. */
async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return size > maxBytes ? undefined : new Uint8Array(Buffer.concat(chunks));
}

function send(response: ServerResponse, { status, headers, body, stream }: JsonReply): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  if (stream !== undefined) {
    response.writeHead(status, headers);
    response.flushHeaders();
    response.once('close', stream(response));
    return Promise.resolve();
  }
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    ...headers,
    ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length }),
  });
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.end(bytes, resolve);
  });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
