import { InputError } from '../input-error.ts';
import { zonedTime } from '../parse-time.ts';

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * When a halt is to end: `30m`, `2h` from now, or a time such as `2026-11-27T18:00:00Z`.
 *
 * @returns epoch milliseconds.
 * @throws InputError
 */
export function parseUntil(text: string, now: number): number {
  const { count, unit } = /^(?<count>\d{1,6})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  const until =
    count === undefined ? zonedTime(text) : Math.round(now) + Number(count) * (units[unitOf(unit)] ?? 0);
  if (Number.isNaN(until))
    throw new InputError(`--until: must be "30m", "2h" or a time with its zone, not "${text}"`);
  if (until <= now) throw new InputError(`--until: must lie ahead, not "${text}"`);
  return until;
}

function unitOf(unit: string | undefined): keyof typeof units {
  return unit === 's' || unit === 'm' || unit === 'h' ? unit : 'd';
}
