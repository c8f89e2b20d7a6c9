import { status } from './grpc-status.ts';

export const isAlreadyExists = hasCode(status.alreadyExists);
export const isFailedPrecondition = hasCode(status.failedPrecondition);
export const isAborted = hasCode(status.aborted);
export const isNotFound = hasCode(status.notFound);
export const isResourceExhausted = hasCode(status.resourceExhausted);

/** The server looked at the request and refused it: sending it again changes nothing. */
export function isDefiniteRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && definite.has(code);
}

/** What was asked for may be answered when it is asked for again: for what changes nothing. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && transient.has(code);
}

/** A document or an array would outgrow its declared bound: refused before Firestore would. */
export class DocumentTooLargeError extends Error {
  override readonly name = 'DocumentTooLargeError';
  readonly bound: DocumentBound;

  constructor(message: string, bound: DocumentBound) {
    super(message);
    this.bound = bound;
  }
}

/** What was outgrown: the elements of `field`, or the bytes of the document where there is none. */
export interface DocumentBound {
  readonly field?: string;
  readonly limit: number;
  readonly actual: number;
}

/** Firestore has no value for this: nothing was sent. The message names document and field. */
export class UnstorableValueError extends Error {
  override readonly name = 'UnstorableValueError';
}

/** The account is not of the tenant in whose name it was asked for. */
export class WrongTenantError extends Error {
  override readonly name = 'WrongTenantError';
}

const definite = new Set<number>([
  status.invalidArgument,
  status.notFound,
  status.alreadyExists,
  status.permissionDenied,
  status.failedPrecondition,
  status.outOfRange,
  status.unimplemented,
]);

const transient = new Set<number>([
  status.deadlineExceeded,
  status.resourceExhausted,
  status.aborted,
  status.internal,
  status.unavailable,
]);

function hasCode(wanted: number): (error: unknown) => boolean {
  return (error) => codeOf(error) === wanted;
}

function codeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
