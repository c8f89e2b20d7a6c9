import type { handleBidiStreamingCall } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { serveCeiling } from '../processes/serve-ceiling.ts';

// A Storage Write API that takes every append at once and keeps nothing but a count: of appends, of their rows, and
// of those whose offset is not the stream's end. It tells its parent when asked.
const counts = { appends: 0, rows: 0, misplaced: 0 };
const field = { offset: 2, protoRows: 4, rows: 2, serializedRow: 1, value: 1 };
const taken = Buffer.from([0x0a, 0x00]); // an AppendRowsResponse with an append result

const append: handleBidiStreamingCall<Buffer, Buffer> = (stream) => {
  let end: number | undefined;
  stream.on('data', (request: Buffer) => {
    const { offset, rows } = look(request);
    if (end !== undefined && offset !== undefined && offset !== end) counts.misplaced += 1;
    end = (offset ?? end ?? 0) + rows;
    counts.appends += 1;
    counts.rows += rows;
    stream.write(taken);
  });
  stream.on('end', () => stream.end());
};

/** The offset of an append and how many rows it has, without reading a row. */
function look(request: Buffer): { offset: number | undefined; rows: number } {
  let offset: number | undefined;
  let rows = 0;
  each(protobuf.Reader.create(request), (number, of) => {
    if (number === field.offset)
      each(of(), (inner, value) => {
        if (inner === field.value) offset = Number(value().int64());
      });
    else if (number === field.protoRows)
      each(of(), (inner, list) => {
        if (inner === field.rows)
          each(list(), (innermost) => {
            if (innermost === field.serializedRow) rows += 1;
          });
      });
  });
  return { offset, rows };
}

/** Calls `visit` with each field of a message; what it does not open is skipped. */
function each(
  reader: protobuf.Reader,
  visit: (number: number, open: () => protobuf.Reader) => void,
  end = reader.len,
): void {
  while (reader.pos < end) {
    const key = reader.uint32();
    const at = reader.pos;
    visit(key >>> 3, () => {
      if ((key & 7) === 0) return reader;
      const length = reader.uint32();
      const inner = protobuf.Reader.create(reader.buf.subarray(reader.pos, reader.pos + length));
      return inner;
    });
    reader.pos = at;
    reader.skipType(key & 7);
  }
}

process.on('message', () => process.send?.(counts));
await serveCeiling([
  {
    path: '/google.cloud.bigquery.storage.v1.BigQueryWrite/AppendRows',
    stream: 'both',
    handle: append,
  },
]);
