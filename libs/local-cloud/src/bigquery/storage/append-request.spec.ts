import protos from '@google-cloud/bigquery-storage/build/protos/protos.js';
import { describe, expect, it } from '@jest/globals';

import { readAppendRequest } from './append-request.ts';
import { storage } from './wire-messages.ts';

describe('readAppendRequest', () => {
  it('reads what the generated code writes', () => {
    const message = storage.AppendRowsRequest.encode({
      writeStream: 'projects/p/datasets/d/tables/t/streams/s',
      offset: { value: 1234 },
      traceId: 'trace',
      protoRows: {
        writerSchema: {
          protoDescriptor: {
            name: 'root',
            field: [
              { name: 'id', number: 1, type: protos.google.protobuf.FieldDescriptorProto.Type.TYPE_INT64 },
            ],
          },
        },
        rows: { serializedRows: [Buffer.from('one'), Buffer.from('two')] },
      },
      defaultMissingValueInterpretation: storage.AppendRowsRequest.MissingValueInterpretation.NULL_VALUE,
    }).finish();
    const request = readAppendRequest(Buffer.from(message));
    expect(request).toMatchObject({
      writeStream: 'projects/p/datasets/d/tables/t/streams/s',
      offset: 1234n,
      rows: [Buffer.from('one'), Buffer.from('two')],
      hasArrowRows: false,
    });
    expect(request.descriptor.length).toBeGreaterThan(0);
  });

  it('tells offset 0 from no offset', () => {
    const zero = storage.AppendRowsRequest.encode({ offset: { value: 0 } }).finish();
    const none = storage.AppendRowsRequest.encode({ writeStream: 's' }).finish();
    expect(readAppendRequest(Buffer.from(zero)).offset).toBe(0n);
    expect(readAppendRequest(Buffer.from(none)).offset).toBeUndefined();
  });
});
