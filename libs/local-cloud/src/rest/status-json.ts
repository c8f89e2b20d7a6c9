import type { ServerResponse } from 'node:http';
import { status as grpcStatus } from '@grpc/grpc-js';

/** HTTP status of each code. Source: google.rpc.Code */
const httpStatuses: Readonly<Record<keyof typeof grpcStatus, number>> = {
  OK: 200,
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

export type StatusName = keyof typeof grpcStatus;

export function httpStatus(name: StatusName): number {
  return httpStatuses[name];
}

/** A refusal as Google's APIs write it: `google.rpc.Status` with the HTTP status as its code. */
export function errorBody(name: StatusName, message: string, details: readonly object[] = []): object {
  const error = { code: httpStatuses[name], message, status: name };
  return { error: details.length === 0 ? error : { ...error, details } };
}

/** `code` is gRPC's. */
export function statusName(code: number): StatusName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the enum's reverse mapping
  return (grpcStatus[code] as StatusName | undefined) ?? 'UNKNOWN';
}

export function sendJson(response: ServerResponse, status: number, json: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(json));
}
