/** An answer that BigQuery's REST API gives instead of a result. */
export class BigQueryError extends Error {
  /** HTTP status. */
  readonly code: number;
  /** BigQuery's short name of the error, for example `notFound`. */
  readonly reason: string;
  readonly location: string | undefined;

  constructor(code: number, reason: string, message: string, location?: string) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.location = location;
  }
}

/** Errors that are not an answer yet become one: 500, which clients retry. */
export const asBigQueryError = (error: unknown): BigQueryError =>
  error instanceof BigQueryError
    ? error
    : new BigQueryError(500, 'internalError', error instanceof Error ? error.message : String(error));

export const notFound = (what: string): BigQueryError =>
  new BigQueryError(404, 'notFound', `Not found: ${what}`);

export const duplicate = (what: string): BigQueryError =>
  new BigQueryError(409, 'duplicate', `Already Exists: ${what}`);

export const invalid = (message: string): BigQueryError => new BigQueryError(400, 'invalid', message);

export const invalidQuery = (message: string): BigQueryError =>
  new BigQueryError(400, 'invalidQuery', message, 'query');

/** Something that BigQuery can do and this server cannot: refused in words, never answered wrongly. */
export const unsupportedSql = (what: string): BigQueryError =>
  invalidQuery(`${what} is not supported by the local BigQuery`);

const statusOf: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  413: 'INVALID_ARGUMENT',
  501: 'UNIMPLEMENTED',
};

/** The JSON body that Google's clients turn into an `ApiError`. */
export function errorBody(error: BigQueryError): object {
  const { code, reason, message, location } = error;
  const detail = { message, domain: 'global', reason };
  return {
    error: {
      code,
      message,
      errors: [location === undefined ? detail : { ...detail, location, locationType: 'other' }],
      status: statusOf[code] ?? 'INTERNAL',
    },
  };
}
