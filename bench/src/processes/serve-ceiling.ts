import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { promisify } from 'node:util';

/** A method of gRPC whose messages stay bytes. */
export interface BytesMethod {
  readonly path: string;
  /** Which sides are streams; neither where it is absent. */
  readonly stream?: 'both' | 'response';
  readonly handle: UntypedServiceImplementation[string];
}

const bytes = (message: Buffer): Buffer => message;

/** Serves the methods on a free port of 127.0.0.1, and tells it to the parent of this process. */
export async function serveCeiling(methods: readonly BytesMethod[]): Promise<void> {
  const largest = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
  const server = new Server(largest);
  for (const { path, stream, handle } of methods) {
    const definition = {
      path,
      requestStream: stream === 'both',
      responseStream: stream !== undefined,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    };
    server.addService({ [path]: definition }, { [path]: handle });
  }
  const bind = promisify(server.bindAsync.bind(server));
  process.send?.(await bind('127.0.0.1:0', ServerCredentials.createInsecure()));
}
