import { shardName } from './shards.ts';

export interface SubscriptionSpec {
  readonly name: string;
  readonly topic: string;
  readonly ackDeadlineSeconds: number;
  /** Where a message goes after ten failed deliveries. */
  readonly deadLetterTopic?: string;
}

export interface Topology {
  readonly shards: number;
  readonly topics: readonly string[];
  readonly subscriptions: readonly SubscriptionSpec[];
}

/** Names of topics and subscriptions: nothing else in the code spells one. */
export const topics = {
  ticks: (shard: number) => `ticks-${shardName(shard)}`,
  marks: 'marks',
  events: 'events',
  commands: 'commands',
  replies: (client: string) => `replies-${client}`,
  deadLetters: (subscription: string) => `${subscription}.dead`,
} as const;

export const subscriptions = {
  executorTicks: (shard: number) => `executor.ticks-${shardName(shard)}`,
  historyTicks: (shard: number) => `history.ticks-${shardName(shard)}`,
  executorCommands: 'executor.commands',
  ledgerEvents: 'ledger.events',
  historyEvents: 'history.events',
  notifierEvents: 'notifier.events',
  /** Of the dead letters of a subscription: operators are told of each. */
  notifierDead: (subscription: string) => `notifier.${topics.deadLetters(subscription)}`,
} as const;

/** Those whose messages become dead letters. */
export const withDeadLetters = [
  subscriptions.executorCommands,
  subscriptions.ledgerEvents,
  subscriptions.historyEvents,
  subscriptions.notifierEvents,
] as const;

export const maxDeliveryAttempts = 10;

/**
 * Every topic and subscription of a system with that many shards. Frames have no dead letter: they are
 * processed in order, so one that fails is tried until it works.
 */
export function topologyOf(shards: number): Topology {
  const perShard = Array.from({ length: shards }, (_, shard) => shard);
  const withDeadLetter = (name: string, topic: string): SubscriptionSpec => ({
    name,
    topic,
    ackDeadlineSeconds: 20,
    deadLetterTopic: topics.deadLetters(name),
  });
  const main: SubscriptionSpec[] = [
    ...perShard.flatMap((shard) => [
      { name: subscriptions.executorTicks(shard), topic: topics.ticks(shard), ackDeadlineSeconds: 10 },
      { name: subscriptions.historyTicks(shard), topic: topics.ticks(shard), ackDeadlineSeconds: 10 },
    ]),
    withDeadLetter(subscriptions.executorCommands, topics.commands),
    withDeadLetter(subscriptions.ledgerEvents, topics.events),
    withDeadLetter(subscriptions.historyEvents, topics.events),
    withDeadLetter(subscriptions.notifierEvents, topics.events),
  ];
  const dead = main.flatMap(({ deadLetterTopic }) =>
    deadLetterTopic === undefined ? [] : [deadLetterTopic],
  );
  return {
    shards,
    topics: [...perShard.map(topics.ticks), topics.marks, topics.events, topics.commands, ...dead],
    subscriptions: [
      ...main,
      ...dead.map((topic) => ({ name: `${topic}.kept`, topic, ackDeadlineSeconds: 60 })),
      ...withDeadLetters.map((name) => ({
        name: subscriptions.notifierDead(name),
        topic: topics.deadLetters(name),
        ackDeadlineSeconds: 60,
      })),
    ],
  };
}
