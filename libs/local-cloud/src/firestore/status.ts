/** The codes of gRPC that the server answers with. */
export const Code = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

/** A refusal that the client sees: the code of gRPC and production's message. */
export class StatusError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'StatusError';
  }

  /** The error itself, or INTERNAL for one that no rule of Firestore raised. */
  static of(error: unknown): StatusError {
    return error instanceof StatusError ? error : new StatusError(Code.INTERNAL, String(error));
  }
}

export const invalidArgument = (message: string): StatusError =>
  new StatusError(Code.INVALID_ARGUMENT, message);

export const failedPrecondition = (message: string): StatusError =>
  new StatusError(Code.FAILED_PRECONDITION, message);

export const tooMuchContention = (): StatusError =>
  new StatusError(Code.ABORTED, 'Too much contention on these documents. Please try again.');

export const transactionExpired = (): StatusError =>
  invalidArgument('The referenced transaction has expired or is no longer valid.');
