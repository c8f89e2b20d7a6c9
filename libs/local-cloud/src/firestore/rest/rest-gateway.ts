import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sufferCall } from '../../faults/http-traffic.ts';
import { resourcesOf } from '../../faults/resources.ts';
import type { Traffic } from '../../faults/traffic.ts';
import { readJsonBody } from '../../rest/json-body.ts';
import { refuseForeign } from '../../rest/loopback.ts';
import { errorBody, httpStatus, sendJson, statusName, type StatusName } from '../../rest/status-json.ts';
import { decodeRequest, encodeRequest, isStreamed, responseObject, type Received } from '../grpc-service.ts';
import { invalidArgument, StatusError } from '../status.ts';
import { fromJson, toJson } from './json.ts';
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

/** The REST mapping of google.firestore.v1, as clients with `preferRest` use it. It does not listen by itself. */
export function restGateway(open: OpenCall, traffic?: Traffic): Server {
  return createServer((request, response) => {
    void serve(request, response, open, traffic);
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  open: OpenCall,
  traffic: Traffic | undefined,
): Promise<void> {
  try {
    const refusal = refuseForeign(request.headers);
    if (refusal !== undefined) {
      sendJson(response, 403, errorBody('PERMISSION_DENIED', refusal));
      return;
    }
    const body = await readJsonBody(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { method, request: json } = routeOf(request.method ?? '', url, body);
    const wire = encodeRequest(method, fromJson(json));
    const received = { message: decodeRequest(method, wire), bytes: wire.length };
    const call = { service: 'firestore', method, resources: resourcesOf(received) } as const;
    const planned = {
      error(_: number, code: StatusName, message: string): object {
        const error = errorBody(code, message);
        return isStreamed(method) ? [error] : error;
      },
    };
    sufferCall(traffic, call, response, planned, () => {
      response.on('close', open(received, answerTo(method, response)));
    });
  } catch (error) {
    const known = error instanceof StatusError ? error : invalidArgument(messageOf(error));
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
  const name = statusName(code);
  const body = errorBody(name, message);
  sendJson(response, httpStatus(name), isStream ? [body] : body);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
