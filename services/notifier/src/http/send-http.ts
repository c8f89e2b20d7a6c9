/** What became of a request. */
export type HttpResult =
  | { readonly kind: 'answered'; readonly answer: HttpAnswer }
  /** No whole answer; `mayHaveArrived` is false when no connection came about. */
  | { readonly kind: 'failed'; readonly reason: string; readonly mayHaveArrived: boolean };

export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** No more than its first megabyte. */
  readonly body: string;
}

/** Its body is JSON, or, for those who take it, a form with files. */
export interface HttpRequest<Body = string> {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly signal: AbortSignal;
}

/** Sends a request and answers what became of it. Never throws, and follows no redirect. */
export type SendHttp<Body = string> = (request: HttpRequest<Body>) => Promise<HttpResult>;

/** To addresses that are our own choice. */
export const sendHttp: SendHttp<string | FormData> = async ({ url, method, headers, body, signal }) => {
  try {
    const response = await fetch(url, {
      method,
      headers: { ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal,
    });
    const text = await textOf(response);
    const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
    return { kind: 'answered', answer: { status: response.status, header, body: text } };
  } catch (error) {
    const reason = reasonOf(error);
    return { kind: 'failed', reason, mayHaveArrived: !notConnected.has(reason) };
  }
};

const mostBytes = 1_048_576;

async function textOf({ body }: Response): Promise<string> {
  const stream: AsyncIterable<Uint8Array> | null = body;
  if (stream === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= mostBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

const notConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A code or a name, never a message: those may hold the URL, and with it a secret. */
export function reasonOf(error: unknown): string {
  return textAt(error, 'code') ?? textAt(causeOf(error), 'code') ?? textAt(error, 'name') ?? 'unknown';
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

function textAt(error: unknown, field: 'code' | 'name'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
