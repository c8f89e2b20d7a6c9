import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { PubSubStrategy } from './pubsub-strategy.ts';
import { ThrowUnchanged } from './throw-unchanged.filter.ts';

export interface Served {
  /** Stops pulling and waits, at most four seconds, for the handlers in flight. */
  close(): Promise<void>;
}

/**
 * Runs a module's handlers behind the transport: ready when the subscriptions that open at the start pull.
 *
 * A failure throws; it never ends the process, in which other services may run.
 */
export async function serve(module: DynamicModule, strategy: PubSubStrategy): Promise<Served> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    strategy,
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ThrowUnchanged());
  await app.listen();
  return { close: async () => app.close() };
}
