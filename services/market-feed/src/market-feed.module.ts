import { connectPubSub, openPublisher } from '@bellwether/bus';
import { topics } from '@bellwether/contracts';
import { type Logger, systemClock, systemIds } from '@bellwether/observability';
import { type Firestore, connectFirestore } from '@bellwether/store';
import { PubSub } from '@google-cloud/pubsub';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { MarketFeedConfig } from './config.ts';
import { FeedEpochs } from './epochs/feed-epochs.ts';
import { MarketFeed } from './feed/market-feed.ts';
import type { TickSource } from './ticks/tick-source.ts';

const firestoreToken = Symbol('Firestore');

/** A full frame is some kilobytes: at full speed a few share a request, at a tape's own pace none waits. */
const frameBatching = {
  max: { maxMessages: 16, maxMilliseconds: 2 },
  paced: { maxMessages: 1, maxMilliseconds: 0 },
};

@Module({})
export class MarketFeedModule implements OnApplicationShutdown {
  constructor(
    private readonly pubsub: PubSub,
    @Inject(firestoreToken) private readonly firestore: Firestore,
  ) {}

  static with(
    config: MarketFeedConfig,
    source: TickSource,
    environment: NodeJS.ProcessEnv,
    logger: Logger,
  ): DynamicModule {
    const { feed, shards, speed } = config;
    const batching = speed === 'max' ? frameBatching.max : frameBatching.paced;
    return {
      module: MarketFeedModule,
      providers: [
        { provide: PubSub, useFactory: () => connectPubSub(environment) },
        { provide: firestoreToken, useFactory: () => connectFirestore(environment) },
        {
          provide: FeedEpochs,
          inject: [firestoreToken],
          useFactory: (firestore: Firestore) =>
            new FeedEpochs({ firestore, feed, clock: systemClock, logger }),
        },
        {
          provide: MarketFeed,
          inject: [PubSub, FeedEpochs],
          useFactory: (pubsub: PubSub, epochs: FeedEpochs) =>
            new MarketFeed({
              config,
              source,
              epochs,
              frames: Array.from({ length: shards }, (_, shard) =>
                openPublisher(pubsub, topics.ticks(shard), batching),
              ),
              marks: openPublisher(pubsub, topics.marks, frameBatching.paced),
              clock: systemClock,
              sleep,
              ids: systemIds,
              logger,
            }),
        },
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.pubsub.close(), this.firestore.terminate()]);
  }
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
