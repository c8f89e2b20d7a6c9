import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Journal } from './journal.ts';

/** An answer; without a status there is none, and the request waits until its client gives up. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A Discord that answers each webhook by its script, then as Discord does. Listens on 127.0.0.1. */
export class ScriptedDiscord {
  readonly #server: Server;
  readonly #scripts = new Map<string, ScriptedAnswer[]>();
  /** Contents of the requests, by method and webhook token. */
  readonly #requests = new Map<string, string[]>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '' } = request;
        const token = /\/webhooks\/\d+\/([\w-]+)(?:\?wait=true|\/messages\/\d+)$/.exec(url)?.[1] ?? '';
        const { content } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { content: string }; // oxlint-disable-line typescript/no-unsafe-type-assertion
        const key = `${method} ${token}`;
        this.#requestsOf(key).push(content);
        const { status, body = {}, headers } = this.#scripts.get(key)?.shift() ?? taken();
        if (status !== undefined) response.writeHead(status, headers).end(JSON.stringify(body));
      });
    });
  }

  static async start(): Promise<ScriptedDiscord> {
    const discord = new ScriptedDiscord();
    await new Promise<void>((resolve) => discord.#server.listen(0, '127.0.0.1', resolve));
    return discord;
  }

  get apiBase(): string {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v10`;
  }

  script({ tenant }: Journal, ...answers: readonly ScriptedAnswer[]): void {
    this.#scripts.set(`POST token-of-${tenant}`, [...answers]);
  }

  scriptEdits({ tenant }: Journal, ...answers: readonly ScriptedAnswer[]): void {
    this.#scripts.set(`PATCH token-of-${tenant}`, [...answers]);
  }

  requests({ tenant }: Journal): readonly string[] {
    return this.#requestsOf(`POST token-of-${tenant}`);
  }

  edits({ tenant }: Journal): readonly string[] {
    return this.#requestsOf(`PATCH token-of-${tenant}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #requestsOf(key: string): string[] {
    const requests = this.#requests.get(key) ?? [];
    this.#requests.set(key, requests);
    return requests;
  }
}

function taken(): ScriptedAnswer {
  return { status: 200, body: { id: '42', timestamp: new Date().toISOString() } };
}
