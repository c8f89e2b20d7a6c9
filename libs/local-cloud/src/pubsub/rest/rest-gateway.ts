import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { sufferCall } from '../../faults/http-traffic.ts';
import { resourcesOf } from '../../faults/resources.ts';
import type { Traffic } from '../../faults/traffic.ts';
import { BodyError, readJsonBody } from '../../rest/json-body.ts';
import { refuseForeign } from '../../rest/loopback.ts';
import { ProtoJsonError } from '../../rest/proto-json.ts';
import { errorBody, httpStatus, sendJson, statusName } from '../../rest/status-json.ts';
import type { StatusName } from '../../rest/status-json.ts';
import { Transcoder } from '../../rest/transcoder.ts';
import type { Transcoded } from '../../rest/transcoder.ts';
import { errorInfo } from '../rpc-messages.ts';
import type { Runner } from '../runner.ts';
import { StatusError } from '../status.ts';
import { unaryMethods } from '../unary-methods.ts';
import type { Asked } from '../unary-methods.ts';
import { restMethods } from './descriptors.ts';

const methods = new Map(unaryMethods.map((method) => [method.name, method]));

/** The REST mapping of google.pubsub.v1 and of IAM's policies. It does not listen by itself. */
export function restGateway(runner: Runner, traffic?: Traffic): Server {
  let transcoder: Transcoder | undefined;
  return createServer((request, response) => {
    transcoder ??= new Transcoder(restMethods().filter(({ name }) => methods.has(name)));
    void serve(transcoder, runner, traffic, request, response);
  });
}

async function serve(
  transcoder: Transcoder,
  runner: Runner,
  traffic: Traffic | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = refuseForeign(request.headers);
  if (refusal !== undefined) {
    refuse(response, 'PERMISSION_DENIED', refusal);
    return;
  }
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  let found: Transcoded | undefined;
  let asked: Asked | undefined;
  try {
    const body = await readJsonBody(request);
    found = url === null ? undefined : transcoder.find(request.method ?? 'GET', url.pathname);
    if (url !== null && found !== undefined)
      asked = methods.get(found.method)?.decode(found.encodeRequest(url.searchParams, body));
  } catch (error) {
    const isTheirs =
      error instanceof BodyError || error instanceof ProtoJsonError || error instanceof URIError;
    refuse(response, isTheirs ? 'INVALID_ARGUMENT' : 'INTERNAL', messageOf(error));
    return;
  }
  if (found === undefined || asked === undefined) {
    refuse(response, 'NOT_FOUND', `There is no method at ${request.method} ${url?.pathname ?? request.url}.`);
    return;
  }
  const { method } = found;
  const call = { service: 'pubsub', method, resources: resourcesOf(asked.message) } as const;
  sufferCall(traffic, call, response, words, () => void answer(found, asked, runner, response));
}

async function answer(
  found: Transcoded,
  asked: Asked,
  runner: Runner,
  response: ServerResponse,
): Promise<void> {
  try {
    const bytes = await asked.answer(runner, (listener) => {
      response.once('close', () => {
        if (!response.writableEnded) listener();
      });
    });
    sendJson(response, 200, found.decodeResponse(bytes));
  } catch (error) {
    sendError(response, error);
  }
}

const words = {
  error: (_: number, code: StatusName, message: string): object => errorBody(code, message),
};

function sendError(response: ServerResponse, error: unknown): void {
  if (!(error instanceof StatusError)) {
    refuse(response, 'UNAVAILABLE', messageOf(error));
    return;
  }
  const { code, message, reasons } = error;
  const type = 'type.googleapis.com/google.rpc.ErrorInfo';
  const details = reasons === undefined ? [] : [{ '@type': type, ...errorInfo(reasons) }];
  const name = statusName(code);
  sendJson(response, httpStatus(name), errorBody(name, message, details));
}

function refuse(response: ServerResponse, name: StatusName, message: string): void {
  sendJson(response, httpStatus(name), errorBody(name, message));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
