import type { Logger } from '@bellwether/observability';

export type ServiceName = 'market-feed' | 'executor' | 'ledger' | 'pulse' | 'history' | 'notifier';

/** Where services run: in this process, or each in its own. */
export interface ServiceHost {
  start(name: ServiceName, environment: Readonly<Record<string, string>>): Promise<void>;
  /** Rejects when a service fails in a way that it cannot recover from. */
  readonly failed: Promise<never>;
  /** Process ids of services that have their own process. */
  readonly pids: ReadonlyMap<ServiceName, number>;
  /** Stops all services: the feed first, then those that consume. */
  stop(): Promise<void>;
}

/** Who stops together, one group after another: nobody loses its producer's last messages. */
export const stopOrder: readonly (readonly ServiceName[])[] = [
  ['market-feed'],
  ['executor'],
  ['ledger', 'pulse', 'history', 'notifier'],
];

export type LoggerFor = (name: ServiceName) => Logger;
