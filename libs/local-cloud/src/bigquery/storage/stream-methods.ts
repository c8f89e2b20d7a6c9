import { randomBytes } from 'node:crypto';

import { status } from '@grpc/grpc-js';

import type { CloudClock } from '../../core/clock.ts';
import type { Table } from '../catalogue/table.ts';
import type { Store } from '../store/store.ts';
import { findStream, findTable, RpcError } from './append-session.ts';
import { unaryMethod } from './unary-method.ts';
import { storage, toTimestamp, toWriteStream } from './wire-messages.ts';
import type { StreamType } from './write-stream.ts';

/** The calls that make, describe, finalize, commit and flush streams. */
export function streamMethods(store: Store, clock: CloudClock) {
  const locationOf = ({ reference: { project, dataset } }: Table): string =>
    store.catalogue.dataset(project, dataset).location;
  const findNamed = (name: string) => {
    const { table, stream } = findStream(store, name);
    if (stream === undefined) {
      throw new RpcError(status.INVALID_ARGUMENT, `The default stream takes no such call. Entity: ${name}`);
    }
    return { table, stream };
  };
  return [
    unaryMethod(
      'CreateWriteStream',
      storage.CreateWriteStreamRequest,
      storage.WriteStream,
      async ({ parent, writeStream }) => {
        const type = streamTypeOf(writeStream?.type);
        const table = findTable(store, parent);
        const name = `${parent}/streams/Cic${randomBytes(16).toString('hex')}`;
        const createdMicros = clock.nowMicros();
        const stream = await store.createStream(table.reference, { name, type, createdMicros });
        return toWriteStream(stream, table.columns, locationOf(table));
      },
    ),
    unaryMethod('GetWriteStream', storage.GetWriteStreamRequest, storage.WriteStream, ({ name, view }) => {
      const { table, stream } = findStream(store, name);
      const createdMicros = BigInt(table.createdAtMs) * 1000n;
      const byDefault = { name, type: 'COMMITTED', createdMicros, committedMicros: undefined } as const;
      const answer = toWriteStream(stream ?? byDefault, table.columns, locationOf(table));
      const isFull = view === storage.WriteStreamView.FULL || view === 'FULL';
      return Promise.resolve(isFull ? answer : { ...answer, tableSchema: null });
    }),
    unaryMethod(
      'FinalizeWriteStream',
      storage.FinalizeWriteStreamRequest,
      storage.FinalizeWriteStreamResponse,
      async ({ name }) => {
        findNamed(name);
        return { rowCount: String(await store.finalizeStream(name)) };
      },
    ),
    unaryMethod(
      'BatchCommitWriteStreams',
      storage.BatchCommitWriteStreamsRequest,
      storage.BatchCommitWriteStreamsResponse,
      async ({ parent, writeStreams }) => {
        const nowMicros = clock.nowMicros();
        if (writeStreams.length === 0) {
          throw new RpcError(status.INVALID_ARGUMENT, 'write_streams must name at least one stream');
        }
        const refusals = await store.commitStreams(
          findTable(store, parent).reference,
          writeStreams,
          nowMicros,
        );
        if (refusals.length === 0) return { commitTime: toTimestamp(nowMicros) };
        const codes = storage.StorageError.StorageErrorCode;
        return { streamErrors: refusals.map((refusal) => ({ ...refusal, code: codes[refusal.code] })) };
      },
    ),
    unaryMethod('FlushRows', storage.FlushRowsRequest, storage.FlushRowsResponse, async (request) => {
      const { table, stream } = findNamed(request.writeStream);
      if (stream.type !== 'BUFFERED') {
        const message = `Rows of a stream of type ${stream.type} cannot be flushed. Entity: ${stream.name}`;
        throw new RpcError(status.INVALID_ARGUMENT, message);
      }
      const offset = BigInt(String(request.offset?.value ?? 0));
      if ((await store.flushStream(table.reference, stream, offset + 1n)) === 'BEYOND_END') {
        const message = `The offset is beyond stream, received ${offset} Entity: ${stream.name}`;
        throw new RpcError(status.OUT_OF_RANGE, message);
      }
      return { offset: String(offset) };
    }),
  ];
}

function streamTypeOf(given: unknown): StreamType {
  const types: readonly StreamType[] = ['COMMITTED', 'PENDING', 'BUFFERED'];
  const type = types.find((known) => given === known || given === storage.WriteStream.Type[known]);
  if (type === undefined) {
    throw new RpcError(status.INVALID_ARGUMENT, 'write_stream.type must be COMMITTED, PENDING or BUFFERED');
  }
  return type;
}
