import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import * as z from 'zod';

/** A Discord that allows a webhook or a bot so many messages in a window, says so in headers, and counts. */
export interface LimitedDiscord {
  /** Of its API. */
  readonly address: string;
  /** By the id of their webhook or channel, in the order in which they came: how many alerts each message tells. */
  readonly messages: ReadonlyMap<string, readonly number[]>;
  /** Requests that were answered 429. */
  readonly refused: number;
  close(): Promise<void>;
}

export interface MessageLimit {
  readonly messages: number;
  readonly windowMs: number;
}

const Message = z.object({ embeds: z.array(z.object({ title: z.string() })) });

export async function startLimitedDiscord(limit: MessageLimit): Promise<LimitedDiscord> {
  const messages = new Map<string, number[]>();
  const windows = new Map<string, { used: number; readonly endsAt: number }>();
  let refused = 0;
  let ids = 0;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('Discord listens on no port');
  return {
    address: `http://127.0.0.1:${bound.port}/api/v10`,
    messages,
    get refused() {
      return refused;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no encoding is set
    for await (const part of request) parts.push(part as Buffer);
    const route = /\/(?:webhooks|channels)\/(\d+)\//.exec(request.url ?? '')?.[1] ?? '';
    const now = Date.now();
    const open = windows.get(route);
    const window =
      open === undefined || open.endsAt <= now ? { used: 0, endsAt: now + limit.windowMs } : open;
    windows.set(route, window);
    const resetAfterS = (window.endsAt - now) / 1_000;
    if (window.used === limit.messages) {
      refused += 1;
      response.writeHead(429, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: 'limited', retry_after: resetAfterS, global: false }));
      return;
    }
    window.used += 1;
    ids += 1;
    const { embeds } = Message.parse(JSON.parse(Buffer.concat(parts).toString('utf8')));
    const told = embeds.reduce((sum, { title }) => sum + digestSize(title), 0);
    messages.set(route, [...(messages.get(route) ?? []), told]);
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-ratelimit-limit': limit.messages,
      'x-ratelimit-remaining': limit.messages - window.used,
      'x-ratelimit-reset-after': resetAfterS,
    });
    response.end(JSON.stringify({ id: String(ids), timestamp: new Date(now).toISOString() }));
  }
}

/** How many alerts a title tells of. */
export function digestSize(title: string): number {
  return Number(/^(?:\[SHADOW\] )?(\d+) alerts: /.exec(title)?.[1] ?? 1);
}
