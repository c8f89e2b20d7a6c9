import { Channel, type ChannelCredentials, type ChannelOptions, status } from '@grpc/grpc-js';
import type { WriteAnswer } from './circuit-breaker.ts';

/** Told of every answer to a Commit, also of those that the client takes for a reason to try again. */
export type OnAnswer = (answer: WriteAnswer) => void;

type Call = ReturnType<Channel['createCall']>;

const commitMethod = '/google.firestore.v1.Firestore/Commit';

/**
 * Makes channels for a client that answers can be seen on. The client itself hides RESOURCE_EXHAUSTED: it repeats a
 * commit for up to ten minutes before it says so.
 *
 * @param now epoch milliseconds.
 */
export function watchedChannels(now: () => number, onAnswer: OnAnswer) {
  return (address: string, credentials: ChannelCredentials, options: ChannelOptions): Channel => {
    const channel = new Channel(address, credentials, options);
    const createCall = channel.createCall.bind(channel);
    channel.createCall = (method, ...rest) => {
      const call = createCall(method, ...rest);
      return method === commitMethod ? watched(call, now, onAnswer) : call;
    };
    return channel;
  };
}

function watched(call: Call, now: () => number, onAnswer: OnAnswer): Call {
  const start = call.start.bind(call);
  call.start = (metadata, listener) => {
    const sentAt = now();
    start(metadata, {
      onReceiveMetadata: (received) => listener.onReceiveMetadata(received),
      onReceiveMessage: (message: unknown) => listener.onReceiveMessage(message),
      onReceiveStatus: (received) => {
        const isExhausted = received.code === status.RESOURCE_EXHAUSTED;
        if (isExhausted || received.code === status.OK) onAnswer({ sentAt, isExhausted });
        listener.onReceiveStatus(received);
      },
    });
  };
  return call;
}
