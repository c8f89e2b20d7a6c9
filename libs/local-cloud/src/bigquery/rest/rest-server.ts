import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { bigqueryDialect } from '../../faults/dialects.ts';
import { httpTraffic } from '../../faults/http-traffic.ts';
import type { Traffic } from '../../faults/traffic.ts';
import { refuseForeign } from '../../rest/loopback.ts';
import { asBigQueryError, BigQueryError, errorBody, invalid } from '../errors.ts';
import { objectOf } from '../json.ts';
import { readMultipart } from './media.ts';
import { ResumableUploads } from './resumable-uploads.ts';
import { RawAnswer } from './route.ts';
import type { RestRequest, Router } from './route.ts';

/** Production's limit of one request. */
const maxBodyBytes = 10 * 1024 * 1024;
/** Of one uploaded file, which is read into memory. */
const maxUploadBytes = 256 * 1024 * 1024;

export interface RestServer {
  readonly port: number;
  close(): Promise<void>;
}

/** BigQuery's REST API v2 on 127.0.0.1, closed to web pages and to rebound names. */
export async function startRestServer(port: number, router: Router, traffic?: Traffic): Promise<RestServer> {
  const uploads = new ResumableUploads(maxUploadBytes);
  const server = createServer(
    httpTraffic(traffic, bigqueryDialect, (request, response) => {
      void respond(router, uploads, request, response);
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

async function respond(
  router: Router,
  uploads: ResumableUploads,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const refusal = refuseForeign(request.headers);
    if (refusal !== undefined) throw new BigQueryError(403, 'accessDenied', refusal);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const method = request.method ?? 'GET';
    const uploadId = url.searchParams.get('upload_id');
    if (uploadId !== null && method === 'PUT') {
      const piece = await readBytes(request, maxUploadBytes);
      const put = uploads.put(uploadId, headerOf(request, 'content-range'), piece);
      const isFinished = !(put instanceof RawAnswer);
      if (!isFinished) return send(response, put);
      const whole = new URL(put.url, url);
      send(response, await handle(router, 'POST', whole, request, { body: put.resource, media: put.media }));
      return;
    }
    if (url.pathname.startsWith('/upload/') && url.searchParams.get('uploadType') === 'resumable') {
      const resource = readJson(await readBytes(request, maxBodyBytes));
      router(method, url.pathname);
      send(response, uploads.begin(url, headerOf(request, 'host') ?? url.host, resource));
      return;
    }
    send(response, await handle(router, method, url, request));
  } catch (error) {
    const known = asBigQueryError(error);
    send(response, errorBody(known), known.code);
  }
}

async function handle(
  router: Router,
  method: string,
  url: URL,
  request: IncomingMessage,
  uploaded?: Pick<RestRequest, 'body' | 'media'>,
): Promise<object | undefined> {
  const { route, parameters } = router(method, url.pathname);
  return route.handle({
    path: (name) => parameters.get(name) ?? '',
    query: url.searchParams,
    header: (name) => headerOf(request, name),
    ...(uploaded ?? (await readRequestBody(request, url))),
  });
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function readRequestBody(
  request: IncomingMessage,
  { pathname, searchParams }: URL,
): Promise<Pick<RestRequest, 'body' | 'media'>> {
  if (!pathname.startsWith('/upload/')) return { body: readJson(await readBytes(request, maxBodyBytes)) };
  if (searchParams.get('uploadType') === 'media') {
    return { body: {}, media: await readBytes(request, maxUploadBytes) };
  }
  const type = headerOf(request, 'content-type') ?? '';
  if (!type.startsWith('multipart/related')) throw invalid('An upload is resumable, multipart or media');
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

function send(response: ServerResponse, body: object | undefined, status = 200): void {
  if (body === undefined) {
    response.writeHead(204).end();
  } else if (body instanceof RawAnswer) {
    response.writeHead(body.status, { ...body.headers, 'content-length': body.bytes.length }).end(body.bytes);
  } else {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
      .end(JSON.stringify(body));
  }
}
