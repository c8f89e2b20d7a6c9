import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { asBigQueryError, BigQueryError, errorBody, invalid } from '../errors.ts';
import { objectOf } from '../json.ts';
import type { RestRequest, Router } from './route.ts';

/** Production's limit of one request. */
const maxBodyBytes = 10 * 1024 * 1024;

export interface RestServer {
  readonly port: number;
  close(): Promise<void>;
}

/** BigQuery's REST API v2 on 127.0.0.1. */
export async function startRestServer(port: number, router: Router): Promise<RestServer> {
  const server = createServer((request, response) => {
    void respond(router, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function respond(router: Router, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const { route, parameters } = router(request.method ?? 'GET', url.pathname);
    const rest: RestRequest = {
      path: (name) => parameters.get(name) ?? '',
      query: url.searchParams,
      body: await readBody(request),
    };
    send(response, 200, await route.handle(rest));
  } catch (error) {
    const known = asBigQueryError(error);
    send(response, known.code, errorBody(known));
  }
}

async function readBody(request: IncomingMessage): Promise<RestRequest['body']> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes) {
    throw new BigQueryError(413, 'invalid', `Request payload size exceeds the limit: ${maxBodyBytes} bytes.`);
  }
  if (size === 0) return {};
  try {
    return objectOf(JSON.parse(Buffer.concat(chunks).toString()));
  } catch {
    throw invalid('Invalid JSON payload received.');
  }
}

function send(response: ServerResponse, status: number, body: object | undefined): void {
  if (body === undefined) {
    response.writeHead(204).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}
