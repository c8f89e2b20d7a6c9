import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Takes a connection whose first bytes have been looked at and put back. */
export type Serve = (socket: Socket) => void;

/** What every HTTP/2 client sends first. */
const HTTP_2 = 'PRI ';

const graceMs = 500;

/** A client that goes away before it said anything is nobody's error. */
const ignore = (): void => undefined;

/** One port on 127.0.0.1 for clients of HTTP/2, which gRPC is, and of HTTP/1.1. */
export class FrontDoor {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** Those that have not said yet what they speak. */
  readonly #silent = new Set<Socket>();

  constructor(http2: Serve, http1: Serve) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#open.add(socket);
      this.#silent.add(socket);
      socket.on('error', ignore);
      socket.once('close', () => {
        this.#open.delete(socket);
        this.#silent.delete(socket);
      });
      socket.once('data', (first) => {
        this.#silent.delete(socket);
        socket.pause();
        socket.off('error', ignore);
        socket.unshift(first);
        if (first.toString('latin1', 0, HTTP_2.length) === HTTP_2) http2(socket);
        else http1(socket);
      });
    });
  }

  async listen(port: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, '127.0.0.1', resolve);
    await promise;
    this.#server.off('error', reject);
    const address = this.#server.address();
    return isAddress(address) ? address.port : port;
  }

  /** Takes no more connections; resolves when those that were taken are closed, which have a moment for that. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#silent) socket.destroy();
    const cut = setTimeout(() => {
      for (const socket of this.#open) socket.destroy();
    }, graceMs);
    await promise;
    clearTimeout(cut);
  }
}

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;
