import { status } from '@grpc/grpc-js';
import type { handleUnaryCall, MethodDefinition } from '@grpc/grpc-js';

import { RpcError } from './append-session.ts';

export const servicePath = '/google.cloud.bigquery.storage.v1.BigQueryWrite';

interface MessageType<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** A call with one request and one answer. */
export function unaryMethod<Request, Response>(
  name: string,
  request: { decode(bytes: Uint8Array): Request },
  response: Pick<MessageType<Response>, 'encode'>,
  answer: (request: Request) => Promise<Response>,
) {
  const definition: MethodDefinition<Request, Response> = {
    path: `${servicePath}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (bytes) => request.decode(bytes),
    responseSerialize: (value) => Buffer.from(response.encode(value).finish()),
    responseDeserialize: () => {
      throw new Error('a server reads no responses');
    },
  };
  const handle: handleUnaryCall<Request, Response> = (call, callback) => {
    const respond = async (): Promise<void> => {
      try {
        callback(null, await answer(call.request));
      } catch (error) {
        callback(toStatus(error));
      }
    };
    void respond();
  };
  return { definition, handle };
}

export function toStatus(error: unknown): { code: number; details: string } {
  if (error instanceof RpcError) return { code: error.code, details: error.message };
  return { code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) };
}
