/** What became of a request. */
export type PostResult =
  | { readonly kind: 'answered'; readonly answer: HttpAnswer }
  /** No whole answer; `mayHaveArrived` is false when no connection came about. */
  | { readonly kind: 'failed'; readonly reason: string; readonly mayHaveArrived: boolean };

export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** Sends JSON and answers what became of it. Never throws, and follows no redirect. */
export type Post = (url: string, body: object, signal: AbortSignal) => Promise<PostResult>;

export const postJson: Post = async (url, body, signal) => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'DiscordBot (bellwether, 0.1.0)' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal,
    });
    const text = await response.text();
    const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
    return { kind: 'answered', answer: { status: response.status, header, body: text } };
  } catch (error) {
    const reason = reasonOf(error);
    return { kind: 'failed', reason, mayHaveArrived: !notConnected.has(reason) };
  }
};

const notConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A code or a name, never a message: those may hold the URL, and with it the token. */
function reasonOf(error: unknown): string {
  const { cause, name } = error instanceof Error ? error : {};
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : (name ?? 'unknown');
}
