import { randomBytes } from 'node:crypto';

import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { handleUnaryCall, MethodDefinition, ServerDuplexStream } from '@grpc/grpc-js';

import type { CloudClock } from '../../core/clock.ts';
import type { Meter } from '../../core/meter.ts';
import { grpcTraffic } from '../../faults/grpc-traffic.ts';
import type { Traffic } from '../../faults/traffic.ts';
import type { Store } from '../store/store.ts';
import { readAppendRequest } from './append-request.ts';
import type { AppendRequest } from './append-request.ts';
import { AppendSession, findStream, findTable, RpcError } from './append-session.ts';
import { storage, toWriteStream } from './wire-messages.ts';
import type { AppendRowsResponse } from './wire-messages.ts';

/** Production's limit of one request. */
const maxRequestBytes = 10 * 1024 * 1024;
/** Appends of one connection that wait for the disk before its client has to. */
const maxWaitingAppends = 64;

const servicePath = '/google.cloud.bigquery.storage.v1.BigQueryWrite';

export interface WriteServer {
  readonly port: number;
  close(): Promise<void>;
}

/** google.cloud.bigquery.storage.v1.BigQueryWrite: default streams and committed streams. */
export async function startWriteServer(
  port: number,
  store: Store,
  clock: CloudClock,
  meter: Meter,
  traffic?: Traffic,
): Promise<WriteServer> {
  const server = new Server({
    'grpc.max_receive_message_length': maxRequestBytes,
    interceptors: grpcTraffic(traffic, 'bigquery'),
  });
  const open = new Set<AppendCall>();
  const { CreateWriteStreamRequest, GetWriteStreamRequest, FinalizeWriteStreamRequest } = storage;
  const locationOf = (project: string, dataset: string): string =>
    store.catalogue.dataset(project, dataset).location;

  const unary = [
    unaryMethod(
      'CreateWriteStream',
      CreateWriteStreamRequest,
      storage.WriteStream,
      async ({ parent, writeStream }) => {
        const { COMMITTED, TYPE_UNSPECIFIED } = storage.WriteStream.Type;
        const type = writeStream?.type ?? TYPE_UNSPECIFIED;
        if (type !== COMMITTED && type !== 'COMMITTED') {
          throw new RpcError(
            status.UNIMPLEMENTED,
            'The local BigQuery serves streams of type COMMITTED only',
          );
        }
        const table = findTable(store, parent);
        const stream = {
          name: `${parent}/streams/Cic${randomBytes(16).toString('hex')}`,
          rowsId: table.rowsId,
          nextOffset: 0n,
          isFinalized: false,
          createdMicros: clock.nowMicros(),
        };
        await store.createStream(stream);
        return toWriteStream(
          stream,
          table.columns,
          locationOf(table.reference.project, table.reference.dataset),
        );
      },
    ),
    unaryMethod('GetWriteStream', GetWriteStreamRequest, storage.WriteStream, ({ name, view }) => {
      const { table, stream } = findStream(store, name);
      const createdMicros = stream?.createdMicros ?? BigInt(table.createdAtMs) * 1000n;
      const { project, dataset } = table.reference;
      const answer = toWriteStream({ name, createdMicros }, table.columns, locationOf(project, dataset));
      const isFull = view === storage.WriteStreamView.FULL || view === 'FULL';
      return Promise.resolve(isFull ? answer : { ...answer, tableSchema: null });
    }),
    unaryMethod(
      'FinalizeWriteStream',
      FinalizeWriteStreamRequest,
      storage.FinalizeWriteStreamResponse,
      async ({ name }) => {
        const { stream } = findStream(store, name);
        if (stream === undefined)
          throw new RpcError(status.INVALID_ARGUMENT, 'The default stream cannot be finalized');
        return { rowCount: String(await store.finalizeStream(name)) };
      },
    ),
  ];
  const refused = ['BatchCommitWriteStreams', 'FlushRows'].map((name) =>
    unaryMethod(name, storage.FlushRowsRequest, storage.FlushRowsResponse, () =>
      Promise.reject(new RpcError(status.UNIMPLEMENTED, `${name} is not supported by the local BigQuery`)),
    ),
  );
  const append: MethodDefinition<AppendRequest, AppendRowsResponse> = {
    path: `${servicePath}/AppendRows`,
    requestStream: true,
    responseStream: true,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: readAppendRequest,
    responseSerialize: (value) => Buffer.from(storage.AppendRowsResponse.encode(value).finish()),
    responseDeserialize: (bytes) => storage.AppendRowsResponse.decode(bytes),
  };
  const methods = [...unary, ...refused];
  server.addService(
    Object.fromEntries(
      [append, ...methods.map(({ definition }) => definition)].map((method) => [method.path, method]),
    ),
    {
      [append.path]: (call: AppendCall) => {
        open.add(call);
        call.once('close', () => open.delete(call));
        serveAppends(call, new AppendSession(store), meter);
      },
      ...Object.fromEntries(methods.map(({ definition, handle }) => [definition.path, handle])),
    },
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) =>
      error === null ? resolve(actual) : reject(error),
    );
  });
  return {
    port: bound,
    async close() {
      await store.writes.idle();
      for (const call of open)
        call.emit('error', { code: status.UNAVAILABLE, details: 'The server is closing' });
      await shutDown(server);
    },
  };
}

/** Lets clients hear the end of their calls, and does not wait long for those that do not listen. */
async function shutDown(server: Server): Promise<void> {
  const force = setTimeout(() => server.forceShutdown(), 1000);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(force);
}

type AppendCall = ServerDuplexStream<AppendRequest, AppendRowsResponse>;

/** Answers in the order of the requests. */
function serveAppends(call: AppendCall, session: AppendSession, meter: Meter): void {
  let waiting = 0;
  let answered = Promise.resolve();
  let hasFailed = false;
  const fail = (error: unknown): void => {
    if (hasFailed) return;
    hasFailed = true;
    call.emit('error', toStatus(error));
  };
  const answerAfter = async (before: Promise<void>, appended: ReturnType<AppendSession['append']>) => {
    await before;
    try {
      const { response, rowCount } = await appended;
      meter.add('bigquery', 'appendedRows', rowCount);
      if (!hasFailed && !call.cancelled) call.write(response);
    } catch (error) {
      fail(error);
    }
    waiting -= 1;
    if (call.isPaused() && waiting < maxWaitingAppends / 2) call.resume();
  };
  const endAfter = async (before: Promise<void>) => {
    await before;
    if (!hasFailed) call.end();
  };
  call.on('data', (request: AppendRequest) => {
    waiting += 1;
    if (waiting >= maxWaitingAppends) call.pause();
    const appended = session.append(request);
    // Its failure is handled in its turn; until then it must not count as unhandled.
    appended.catch(() => undefined);
    answered = answerAfter(answered, appended);
  });
  call.on('end', () => {
    answered = endAfter(answered);
  });
}

interface MessageType<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

function unaryMethod<Request, Response>(
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

function toStatus(error: unknown): { code: number; details: string } {
  if (error instanceof RpcError) return { code: error.code, details: error.message };
  return { code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) };
}
