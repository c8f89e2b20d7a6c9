import { WireReader } from '../../core/wire-reader.ts';

/** An AppendRowsRequest, its rows still encoded. */
export interface AppendRequest {
  /** Empty where the connection has named its stream before. */
  readonly writeStream: string;
  readonly offset: bigint | undefined;
  /** An encoded DescriptorProto; empty where the connection has sent it before. */
  readonly descriptor: Buffer;
  readonly rows: readonly Buffer[];
  readonly hasArrowRows: boolean;
}

/**
 * Reads the message without a copy of its rows: field 1 write_stream, 2 offset, 4 proto_rows, 5 arrow_rows; the
 * others change nothing here.
 */
export function readAppendRequest(bytes: Buffer): AppendRequest {
  const request = {
    writeStream: '',
    offset: undefined as bigint | undefined,
    descriptor: Buffer.alloc(0),
    rows: [] as Buffer[],
    hasArrowRows: false,
  };
  eachField(new WireReader(bytes), {
    1: (reader) => {
      request.writeStream = reader.text();
    },
    2: (reader) => {
      request.offset = readInt64Value(reader.message());
    },
    4: (reader) => readProtoRows(reader.message(), request),
    5: (reader) => {
      request.hasArrowRows = true;
      reader.skip(2);
    },
  });
  return request;
}

function readProtoRows(protoRows: WireReader, request: { descriptor: Buffer; rows: Buffer[] }): void {
  eachField(protoRows, {
    1: (reader) =>
      eachField(reader.message(), {
        1: (schema) => {
          request.descriptor = schema.slice();
        },
      }),
    2: (reader) => {
      const rows = reader.message();
      while (!rows.isAtEnd) {
        const tag = rows.smallVarint();
        if (tag === 10) request.rows.push(rows.slice());
        else rows.skip(tag & 7);
      }
    },
  });
}

function readInt64Value(message: WireReader): bigint {
  let value = 0n;
  eachField(message, {
    1: (reader) => {
      value = reader.int64();
    },
  });
  return value;
}

function eachField(reader: WireReader, fields: Readonly<Record<number, (reader: WireReader) => void>>): void {
  while (!reader.isAtEnd) {
    const tag = reader.smallVarint();
    const read = fields[Math.floor(tag / 8)];
    if (read === undefined) reader.skip(tag % 8);
    else read(reader);
  }
}
