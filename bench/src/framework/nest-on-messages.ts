import { PubSubStrategy, type Received, Underway, serve } from '@bellwether/bus';
import { createLogger } from '@bellwether/observability';
import { PubSub } from '@google-cloud/pubsub';
import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { EventEmitter } from 'node:events';
import 'reflect-metadata';

/** What a handler does here: nothing, as soon as it is let. */
export class Work {
  handled = 0;
  /** While it is a list, handlers wait in it. */
  waiting: (() => void)[] | undefined;

  /** Without an `async`: what waits here is the transport's, not ours. */
  handle({ data }: Received): Promise<void> {
    this.handled += data.byteLength > 0 ? 1 : 0;
    const { waiting } = this;
    return waiting === undefined ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve));
  }

  finishWaiting(): void {
    for (const resolve of this.waiting?.splice(0) ?? []) resolve();
  }
}

@Controller()
class FrameController {
  constructor(private readonly work: Work) {}

  @EventPattern('frame')
  handle(@Payload() received: Received): Underway {
    return new Underway(this.work.handle(received));
  }
}

@Module({})
class FrameModule {}

/** A stream of messages that somebody here writes. */
class Stream extends EventEmitter {
  isOpen = true;

  setOptions(): void {
    // There is nobody to tell.
  }

  async close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }
}

export interface NestOnMessages {
  readonly work: Work;
  /** Delivers so many frames; `acknowledged` resolves when all of them are. */
  deliver(count: number): { readonly acknowledged: Promise<void> };
  /** What the transport does, without it: the handler's own promise for each frame. */
  direct(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The transport of the services and a Nest handler behind it, on a subscription without a network. */
export async function nestOnMessages(): Promise<NestOnMessages> {
  const work = new Work();
  const stream = new Stream();
  const client = new PubSub({ projectId: 'bench', apiEndpoint: '127.0.0.1:9', emulatorMode: true });
  const pubsub = Object.assign(client, { subscription: () => stream });
  const strategy = new PubSubStrategy({
    pubsub,
    consumptions: [{ subscription: 'bench.frames', pattern: 'frame' }],
    logger: createLogger({ service: 'bench', level: 'silent' }),
  });
  const module = {
    module: FrameModule,
    controllers: [FrameController],
    providers: [{ provide: Work, useValue: work }],
  };
  const app = await serve(module, strategy);
  return {
    work,
    deliver(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      let left = count;
      const ack = (): void => {
        left -= 1;
        if (left === 0) resolve();
      };
      for (let each = 0; each < count; each += 1) stream.emit('message', messageOf(each, ack));
      return { acknowledged: promise };
    },
    async direct(count) {
      await Promise.all(Array.from({ length: count }, async (_, each) => work.handle(receivedOf(each))));
    },
    async close() {
      await app.close();
    },
  };
}

const data = Buffer.alloc(12_000, 1);
const publishTime = { getTime: () => 1, getMicroseconds: () => 0, getNanoseconds: () => 0 };

function messageOf(index: number, ack: () => void) {
  return { id: String(index), data, attributes: {}, publishTime, deliveryAttempt: 0, ack, nack: ack };
}

function receivedOf(index: number): Received {
  return { id: String(index), data, attributes: {}, publishedAt: 1, deliveryAttempt: 0 };
}
