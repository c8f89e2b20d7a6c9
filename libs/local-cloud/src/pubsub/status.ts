import { status } from '@grpc/grpc-js';

/** A refusal as the wire knows it: a gRPC code, and details in production's words where they are known. */
export class StatusError extends Error {
  readonly code: status;
  /** Why, item by item, as an ErrorInfo's metadata. */
  readonly reasons: Readonly<Record<string, string>> | undefined;

  constructor(code: status, details: string, reasons?: Readonly<Record<string, string>>) {
    super(details);
    this.reasons = reasons;
    this.name = 'StatusError';
    this.code = code;
  }
}

/** `name` is the full resource name; production's text holds its last part. */
export function notFound(name: string): StatusError {
  return new StatusError(status.NOT_FOUND, `Resource not found (resource=${lastPart(name)}).`);
}

export function alreadyExists(name: string): StatusError {
  return new StatusError(
    status.ALREADY_EXISTS,
    `Resource already exists in the project (resource=${lastPart(name)}).`,
  );
}

export function invalid(details: string): StatusError {
  return new StatusError(status.INVALID_ARGUMENT, details);
}

export function failedPrecondition(details: string): StatusError {
  return new StatusError(status.FAILED_PRECONDITION, details);
}

export function unimplemented(what: string): StatusError {
  return new StatusError(status.UNIMPLEMENTED, `${what} is not supported by the local cloud.`);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
