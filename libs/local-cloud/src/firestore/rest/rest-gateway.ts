import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { decodeRequest, encodeRequest, isStreamed, responseObject, type Received } from '../grpc-service.ts';
import { Code, invalidArgument, StatusError } from '../status.ts';
import { fromJson, isObject, toJson } from './json.ts';
import { routeOf } from './route.ts';
import type { Request } from '../machine.ts';
import type { Method } from '../protos.ts';

/** Where the answer to a call goes. */
export interface Answer {
  send(bytes: Uint8Array): void;
  end(error?: StatusError): void;
}

/** Opens a call; what it returns is to be called when the client is gone. */
export type OpenCall = (received: Received<Request>, answer: Answer) => () => void;

const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** A page of the web, or a name that it had rebound, is none of ours. */
const LOCAL_HOST = /^(localhost|127\.0\.0\.1)(:\d+)?$/;

/** HTTP status and name of each code. Source: google.rpc.Code */
const STATUS: Readonly<Record<number, readonly [http: number, name: string]>> = {
  [Code.INVALID_ARGUMENT]: [400, 'INVALID_ARGUMENT'],
  [Code.NOT_FOUND]: [404, 'NOT_FOUND'],
  [Code.ALREADY_EXISTS]: [409, 'ALREADY_EXISTS'],
  [Code.RESOURCE_EXHAUSTED]: [429, 'RESOURCE_EXHAUSTED'],
  [Code.FAILED_PRECONDITION]: [400, 'FAILED_PRECONDITION'],
  [Code.ABORTED]: [409, 'ABORTED'],
  [Code.UNIMPLEMENTED]: [501, 'UNIMPLEMENTED'],
  [Code.INTERNAL]: [500, 'INTERNAL'],
  [Code.UNAVAILABLE]: [503, 'UNAVAILABLE'],
};

/** The REST mapping of google.firestore.v1, as clients with `preferRest` use it. It does not listen by itself. */
export function restGateway(open: OpenCall): Server {
  return createServer((request, response) => {
    void serve(request, response, open);
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, open: OpenCall): Promise<void> {
  try {
    const { host = '', origin } = request.headers;
    if (origin !== undefined || !LOCAL_HOST.test(host)) {
      response.writeHead(403).end();
      return;
    }
    const body = await bodyOf(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { method, request: json } = routeOf(request.method ?? '', url, body);
    const wire = encodeRequest(method, fromJson(json));
    const received = { message: decodeRequest(method, wire), bytes: wire.length };
    response.on('close', open(received, answerTo(method, response)));
  } catch (error) {
    const known = error instanceof StatusError ? error : invalidArgument(String(error));
    sendError(response, known, false);
  }
}

function answerTo(method: Method, response: ServerResponse): Answer {
  const messages: unknown[] = [];
  const streamed = isStreamed(method);
  return {
    send: (bytes) => messages.push(toJson({ ...responseObject(method, bytes) })),
    end: (error) => {
      if (error === undefined) sendJson(response, 200, streamed ? messages : (messages[0] ?? {}));
      else sendError(response, error, streamed);
    },
  };
}

function sendError(response: ServerResponse, { code, message }: StatusError, isStream: boolean): void {
  const [http, status] = STATUS[code] ?? [500, 'INTERNAL'];
  const body = { error: { code: http, message, status } };
  sendJson(response, http, isStream ? [body] : body);
}

function sendJson(response: ServerResponse, status: number, json: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(json));
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw invalidArgument('The request is too large.');
    chunks.push(chunk);
  }
  if (size === 0) return {};
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!isObject(body)) throw invalidArgument('The body must be a JSON object.');
  return body;
}
