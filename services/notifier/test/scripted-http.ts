import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}
/** `nothing` lets the request wait until its client gives up, `cut` takes it and ends the connection. */
export type ScriptedStep = HttpAnswer | 'nothing' | 'cut';

export interface Recorded {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on 127.0.0.1 that answers by its script, then always the same. */
export class ScriptedHttp {
  readonly requests: Recorded[] = [];
  readonly #server: Server;
  readonly #script: ScriptedStep[] = [];

  private constructor(otherwise: HttpAnswer) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        this.requests.push({ path: request.url ?? '', headers: request.headers, body });
        const step = this.#script.shift() ?? otherwise;
        if (step === 'cut') request.socket.destroy();
        if (typeof step === 'string') return;
        const { status, headers, body: said = '' } = step;
        response.writeHead(status, headers).end(typeof said === 'string' ? said : JSON.stringify(said));
      });
    });
  }

  static async start(otherwise: HttpAnswer): Promise<ScriptedHttp> {
    const server = new ScriptedHttp(otherwise);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get base(): string {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What it answers next, after it forgets earlier requests. */
  script(...steps: readonly ScriptedStep[]): void {
    this.requests.splice(0);
    this.#script.splice(0, this.#script.length, ...steps);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
