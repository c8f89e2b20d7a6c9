import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { bigqueryDialect } from '../../faults/dialects.ts';
import { httpTraffic } from '../../faults/http-traffic.ts';
import type { Traffic } from '../../faults/traffic.ts';
import { asBigQueryError, BigQueryError, errorBody, invalid } from '../errors.ts';
import { objectOf } from '../json.ts';
import { readMultipart } from './media.ts';
import type { RestRequest, Router } from './route.ts';

/** Production's limit of one request. */
const maxBodyBytes = 10 * 1024 * 1024;
/** Of one uploaded file, which is read into memory. */
const maxUploadBytes = 256 * 1024 * 1024;

export interface RestServer {
  readonly port: number;
  close(): Promise<void>;
}

/** BigQuery's REST API v2 on 127.0.0.1. */
export async function startRestServer(port: number, router: Router, traffic?: Traffic): Promise<RestServer> {
  const server = createServer(
    httpTraffic(traffic, bigqueryDialect, (request, response) => {
      void respond(router, request, response);
    }),
  );
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
      header: (name) => headerOf(request, name),
      ...(await readRequestBody(request, url.pathname)),
    };
    send(response, 200, await route.handle(rest));
  } catch (error) {
    const known = asBigQueryError(error);
    send(response, known.code, errorBody(known));
  }
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function readRequestBody(
  request: IncomingMessage,
  path: string,
): Promise<Pick<RestRequest, 'body' | 'media'>> {
  if (!path.startsWith('/upload/')) return { body: readJson(await readBytes(request, maxBodyBytes)) };
  const type = headerOf(request, 'content-type') ?? '';
  if (!type.startsWith('multipart/related')) {
    throw new BigQueryError(501, 'notImplemented', 'The local BigQuery takes multipart uploads only');
  }
  const { resource, media } = readMultipart(type, await readBytes(request, maxUploadBytes));
  return { body: resource, media };
}

async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) {
    throw new BigQueryError(413, 'invalid', `Request payload size exceeds the limit: ${limit} bytes.`);
  }
  return Buffer.concat(chunks);
}

function readJson(bytes: Buffer): RestRequest['body'] {
  if (bytes.length === 0) return {};
  try {
    return objectOf(JSON.parse(bytes.toString()));
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
