import type { TimestampProto } from './protos.ts';
import { toNumber } from './values/numbers.ts';

/** Epoch microseconds; exact as a number until the year 2255. */
export type Micros = number;

export const SECOND: Micros = 1_000_000;

export function toTimestamp(micros: Micros): { seconds: number; nanos: number } {
  const seconds = Math.floor(micros / SECOND);
  return { seconds, nanos: (micros - seconds * SECOND) * 1000 };
}

/** Nanoseconds below a microsecond are dropped, as in production. */
export function fromTimestamp(timestamp: TimestampProto): Micros {
  return toNumber(timestamp.seconds ?? 0) * SECOND + Math.floor((timestamp.nanos ?? 0) / 1000);
}
