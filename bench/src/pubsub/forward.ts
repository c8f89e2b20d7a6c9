import type { handleBidiStreamingCall, handleUnaryCall, ServerDuplexStream } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { serveCeiling } from '../processes/serve-ceiling.ts';

// A Pub/Sub that forwards each message to one of those who pull, and keeps nothing. Messages stay bytes.
const pulling = new Set<ServerDuplexStream<Buffer, Buffer>>();
const field = { publishTopic: 1, publishMessages: 2, messageId: 3, bytes: 2 };
const tag = (number: number): number => (number << 3) | field.bytes;
let published = 0;

const publish: handleUnaryCall<Buffer, Buffer> = ({ request }, callback) => {
  const reader = protobuf.Reader.create(request);
  const answer = protobuf.Writer.create();
  const delivery = protobuf.Writer.create();
  while (reader.pos < reader.len) {
    const { number, wireType } = fieldOf(reader.uint32());
    if (number !== field.publishMessages) {
      reader.skipType(wireType);
      continue;
    }
    const id = String((published += 1));
    answer.uint32(tag(1)).string(id);
    const message = Buffer.concat([
      reader.bytes(),
      protobuf.Writer.create().uint32(tag(field.messageId)).string(id).finish(),
    ]);
    delivery.uint32(tag(1)).fork().uint32(tag(1)).string(id).uint32(tag(2)).bytes(message).ldelim();
  }
  const bytes = Buffer.from(delivery.finish());
  const [next] = pulling;
  if (next !== undefined) {
    pulling.delete(next);
    pulling.add(next); // each stream of the client in turn
    next.write(bytes);
  }
  callback(null, Buffer.from(answer.finish()));
};

const pull: handleBidiStreamingCall<Buffer, Buffer> = (stream) => {
  pulling.add(stream);
  stream.on('data', () => undefined);
  stream.on('end', () => stream.end());
  for (const over of ['end', 'cancelled', 'error']) stream.on(over, () => pulling.delete(stream));
};

const nothing: handleUnaryCall<Buffer, Buffer> = (_call, callback) => callback(null, Buffer.alloc(0));

await serveCeiling([
  { path: '/google.pubsub.v1.Publisher/Publish', handle: publish },
  { path: '/google.pubsub.v1.Subscriber/StreamingPull', stream: 'both', handle: pull },
  { path: '/google.pubsub.v1.Subscriber/Acknowledge', handle: nothing },
  { path: '/google.pubsub.v1.Subscriber/ModifyAckDeadline', handle: nothing },
]);

function fieldOf(key: number): { number: number; wireType: number } {
  return { number: key >>> 3, wireType: key & 7 };
}
