import type { Logger } from '@bellwether/observability';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type PulseStream, type PulseSubscription, TooManySubscribersError } from './pulse-stream.ts';
import type { PulseSelection } from './pulse-views.ts';

export interface PulseServer {
  readonly url: string;
  close(): Promise<void>;
}

const heartbeatMs = 15_000;

/**
 * `GET /pulse?tenant=T`, `?account=A` or without either: the pulse as server-sent events, each the whole view. On
 * 127.0.0.1 alone, and closed to web pages: requests with an Origin, or for another host's name, are refused.
 * A client that reads slowly is told the latest when it has read the one before.
 *
 * @param port 0 takes any free one.
 * @param isKnown whether there is something to tell of a selection.
 */
export async function servePulse(
  port: number,
  stream: PulseStream,
  isKnown: (selection: PulseSelection) => boolean,
  logger: Logger,
): Promise<PulseServer> {
  const server = createServer((request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      answer(response, refusal.status, refusal.detail);
      return;
    }
    const selection = selectionOf(request);
    if (!isKnown(selection)) {
      answer(response, 404, 'account: the pulse knows none of that id');
      return;
    }
    try {
      void tell(response, stream.subscribe(selection)).catch((error: unknown) => {
        logger.warn({ err: error }, 'a subscriber of the pulse was lost');
        response.destroy();
      });
    } catch (error) {
      if (!(error instanceof TooManySubscribersError)) throw error;
      answer(response, 503, error.message);
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Writes view after view until the client has gone. What it has not read yet is never more than one. */
async function tell(response: ServerResponse, subscription: PulseSubscription): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const gone = new AbortController();
  response.once('close', () => {
    subscription.close();
    gone.abort();
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, heartbeatMs);
  try {
    for (;;) {
      const view = await subscription.next();
      if (view === undefined) break;
      const event = `id: ${view.at}\nevent: pulse\ndata: ${JSON.stringify(view)}\n\n`;
      if (!response.write(event)) await once(response, 'drain', { signal: gone.signal });
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

interface Refusal {
  readonly status: number;
  readonly detail: string;
}

function refusalOf({ method, url, headers }: IncomingMessage): Refusal | undefined {
  if (headers.origin !== undefined) return { status: 403, detail: 'web pages are refused' };
  const name = (headers.host ?? '').replace(/:\d+$/, '');
  if (name !== '127.0.0.1' && name !== 'localhost')
    return { status: 403, detail: 'the Host header must be 127.0.0.1 or localhost' };
  const { pathname, searchParams } = new URL(url ?? '/', 'http://127.0.0.1');
  if (pathname !== '/pulse') return { status: 404, detail: 'there is only /pulse' };
  if (method !== 'GET') return { status: 405, detail: 'the method must be GET' };
  const unknown = [...searchParams.keys()].find((key) => key !== 'tenant' && key !== 'account');
  if (unknown !== undefined) return { status: 400, detail: `${unknown}: there are only tenant and account` };
  if (searchParams.has('tenant') && searchParams.has('account'))
    return { status: 400, detail: 'account: an account is of one tenant, give one of the two' };
  return undefined;
}

function selectionOf({ url }: IncomingMessage): PulseSelection {
  const { searchParams } = new URL(url ?? '/', 'http://127.0.0.1');
  const [tenant, accountId] = [searchParams.get('tenant'), searchParams.get('account')];
  if (accountId !== null) return { of: 'account', accountId };
  return tenant === null ? { of: 'house' } : { of: 'tenant', tenant };
}

function answer(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ status, detail }));
}
