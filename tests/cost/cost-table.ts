import type { Cost } from './metered-system.ts';

/**
 * What each operation may cost, and does. Reads are those of decisions and of the executor's
 * listeners, which are told of each position, trigger, order and signal that changes; the delete is the
 * outbox pointer's; messages are the command or frame, the reply and the event.
 */
export const costTable = {
  'open an account': { reads: 1, writes: 8, deletes: 1, messages: 3 },
  'adopt a position': { reads: 2, writes: 5, deletes: 1, messages: 3 },
  'amend exits': { reads: 1, writes: 5, deletes: 1, messages: 3 },
  'close a position': { reads: 1, writes: 5, deletes: 1, messages: 3 },
  'place an order': { reads: 3, writes: 5, deletes: 1, messages: 3 },
  'cancel an order': { reads: 1, writes: 5, deletes: 1, messages: 3 },
  'arm a trigger': { reads: 2, writes: 5, deletes: 1, messages: 3 },
  'fire a trigger': { reads: 1, writes: 4, deletes: 1, messages: 2 },
  'exit alone': { reads: 1, writes: 4, deletes: 1, messages: 2 },
  'exit alone, cold': { reads: 3, writes: 4, deletes: 1, messages: 2 },
  'exit alone, after another process has committed': { reads: 3, writes: 4, deletes: 1, messages: 2 },
  'exit eighty at once': { reads: 80, writes: 83, deletes: 1, messages: 2 },
  halt: { reads: 0, writes: 5, deletes: 1, messages: 3 },
  'ten thousand ticks past an idle position': { reads: 0, writes: 0, deletes: 0, messages: 10 },
  /** With a position that is held: leases, and looks at the outbox. */
  'a minute in which nothing happens': { reads: 48, writes: 24, deletes: 0, messages: 0 },
  'exit alone, booked': { reads: 1, writes: 8, deletes: 1, messages: 2 },
  'exit alone, booked and told': { reads: 5, writes: 10, deletes: 1, messages: 2 },
} satisfies Record<string, Cost>;
