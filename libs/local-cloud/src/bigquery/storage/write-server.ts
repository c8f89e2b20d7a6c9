import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { MethodDefinition, ServerDuplexStream } from '@grpc/grpc-js';

import type { CloudClock } from '../../core/clock.ts';
import type { Meter } from '../../core/meter.ts';
import { grpcTraffic } from '../../faults/grpc-traffic.ts';
import { loopbackOnly } from '../../rest/grpc-loopback.ts';
import type { Traffic } from '../../faults/traffic.ts';
import type { Store } from '../store/store.ts';
import { readAppendRequest } from './append-request.ts';
import type { AppendRequest } from './append-request.ts';
import { AppendSession } from './append-session.ts';
import { streamMethods } from './stream-methods.ts';
import { servicePath, toStatus } from './unary-method.ts';
import { storage } from './wire-messages.ts';
import type { AppendRowsResponse } from './wire-messages.ts';

/** Production's limit of one request. */
const maxRequestBytes = 10 * 1024 * 1024;
/** Appends of one connection that wait for the disk before its client has to. */
const maxWaitingAppends = 64;

export interface WriteServer {
  readonly port: number;
  close(): Promise<void>;
}

/** google.cloud.bigquery.storage.v1.BigQueryWrite: default, committed, pending and buffered streams. */
export async function startWriteServer(
  port: number,
  store: Store,
  clock: CloudClock,
  meter: Meter,
  traffic?: Traffic,
): Promise<WriteServer> {
  const server = new Server({
    'grpc.max_receive_message_length': maxRequestBytes,
    interceptors: [loopbackOnly, ...grpcTraffic(traffic, 'bigquery')],
  });
  const open = new Set<AppendCall>();
  const append: MethodDefinition<AppendRequest, AppendRowsResponse> = {
    path: `${servicePath}/AppendRows`,
    requestStream: true,
    responseStream: true,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: readAppendRequest,
    responseSerialize: (value) => Buffer.from(storage.AppendRowsResponse.encode(value).finish()),
    responseDeserialize: (bytes) => storage.AppendRowsResponse.decode(bytes),
  };
  const methods = streamMethods(store, clock);
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
