import { once } from 'node:events';
import { createServer } from 'node:http';

/** Takes every message at once, as Discord answers one that it took, and knows no limits. */
export interface DiscordStandIn {
  /** Of its API. */
  readonly address: string;
  /** Resolves with the body of the next message, when it is here whole. */
  nextMessage(): Promise<string>;
  close(): Promise<void>;
}

export async function startDiscordStandIn(): Promise<DiscordStandIn> {
  const waiting: ((body: string) => void)[] = [];
  let messages = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      for (const told of waiting.splice(0)) told(body);
      messages += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: String(messages), timestamp: new Date().toISOString() }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the stand-in listens on no port');
  return {
    address: `http://127.0.0.1:${bound.port}/api/v10`,
    nextMessage: async () => new Promise((resolve) => void waiting.push(resolve)),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
