import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Logger } from '../logger.ts';
import { Exposition } from '../metrics/exposition.ts';
import type { RunningService } from '../running-service.ts';

/** What a service says of its readiness, by name. */
type Readiness = Record<string, { readonly ready: boolean; readonly why: readonly string[] }>;

const host = '127.0.0.1';
/** Names under which this machine may be asked: whatever else a page in a browser resolves to it is refused. */
const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * What operators ask of a process, on one port of 127.0.0.1: `/livez` (it answers), `/readyz` (each of its services does
 * its work, or why not) and `/metrics` (Prometheus).
 */
export class Operations {
  /** By name; undefined while it starts. */
  readonly #services = new Map<string, RunningService | undefined>();
  readonly #exposition = new Exposition();
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://${host}:${port}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response);
    });
  }

  /**
   * Listens on `port` of 127.0.0.1, or on any free one when that is taken: what nobody can ask still has to work.
   *
   * @param port 0 takes any free one.
   */
  static async open(port: number, logger: Logger): Promise<Operations> {
    const server = createServer();
    const taken = await listen(server, port).catch(async (error: unknown) => {
      if (!isTaken(error)) throw error;
      logger.warn({ port }, 'the port of operations is taken: listening on another');
      return listen(server, 0);
    });
    server.unref();
    const operations = new Operations(server, taken);
    logger.info({ url: operations.url }, 'operations listen');
    return operations;
  }

  /** A service that is about to start: not ready until `started`. */
  starting(name: string): void {
    this.#services.set(name, undefined);
  }

  started(service: RunningService): void {
    this.#services.set(service.name, service);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, type, body } = await this.#respond(request);
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(error instanceof Error ? error.message : String(error));
    }
  }

  async #respond({ method, url = '', headers }: IncomingMessage): Promise<Answer> {
    if (!loopbackHost.test(headers.host ?? '')) return text(403, 'only this machine may ask\n');
    if (method !== 'GET' && method !== 'HEAD') return text(405, 'only GET\n');
    const [path = ''] = url.split('?');
    switch (path) {
      case '/livez':
        return text(200, 'alive\n');
      case '/readyz': {
        const services = this.#readiness();
        const ready = Object.values(services).every((service) => service.ready);
        return { status: ready ? 200 : 503, type: json, body: JSON.stringify({ ready, services }) };
      }
      case '/metrics': {
        const metrics = [...this.#services.values()].flatMap((service) => service?.metrics ?? []);
        return { status: 200, type: this.#exposition.contentType, body: await this.#exposition.of(metrics) };
      }
      default:
        return text(404, 'there are /livez, /readyz and /metrics\n');
    }
  }

  #readiness(): Readiness {
    return Object.fromEntries(
      [...this.#services].map(([name, service]) => {
        const why = service === undefined ? ['it is starting'] : service.unready();
        return [name, { ready: why.length === 0, why }];
      }),
    );
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = 'application/json; charset=utf-8';

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function isTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}
