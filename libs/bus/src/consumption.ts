import type { Received } from './received.ts';

/** One subscription and who handles its messages. */
export interface Consumption {
  readonly subscription: string;
  /** Nest pattern of the handler, for example `frame`, `commit`, `command`. */
  readonly pattern: string;
  /**
   * Messages of one lane are handled one after another, in order of arrival; without it all at once. A message
   * that fails does not hold up its lane: it comes back after those that followed it.
   */
  readonly laneOf?: (message: Received) => string;
  /** How many messages may be outstanding; 1,000 by default. */
  readonly maxMessages?: number;
  /** How many bytes may be outstanding; 64 MiB by default. */
  readonly maxBytes?: number;
  /**
   * How long a handler may take; 10 minutes by default. After that its message is leased no longer: it is delivered again,
   * to whoever pulls, and another takes its place among what may be outstanding.
   */
  readonly longestHandlingMs?: number;
  /**
   * Whether handling a message is a span of the trace that it carries. Not for frames: a span for each would be one for
   * next to every tick.
   */
  readonly isTraced?: boolean;
  /** True by default; false: opened by `strategy.open(subscription)`. */
  readonly openAtStart?: boolean;
}
