/** A day of the calendar. */
export interface Day {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
}

const dayMs = 86_400_000;

/** Which day it is in the zone. @param at epoch milliseconds. */
export function dayAt(at: number, zone: string): Day {
  const { year, month, day } = fieldsAt(at, zone);
  return { year, month, day };
}

/** So many days later, or earlier. */
export function plusDays({ year, month, day }: Day, days: number): Day {
  const moved = new Date(Date.UTC(year, month - 1, day) + days * dayMs);
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

/** From 0 for Monday to 6 for Sunday. */
export function weekdayOf({ year, month, day }: Day): number {
  return (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
}

/** `2026-11-27`. */
export function nameOf({ year, month, day }: Day): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

/**
 * When a clock in the zone shows that time of that day, epoch milliseconds: the first time where it does twice; where it
 * never does, since the clock is put forward over it, as much later as that is.
 *
 * @param minutes since midnight.
 */
export function instantOf({ year, month, day }: Day, minutes: number, zone: string): number {
  const wanted = Date.UTC(year, month - 1, day) + minutes * 60_000;
  const offsets = [offsetAt(wanted - dayMs, zone), offsetAt(wanted + dayMs, zone)];
  const instants = offsets.map((offset) => wanted - offset).toSorted((a, b) => a - b);
  const exact = instants.find((at) => at + offsetAt(at, zone) === wanted);
  return exact ?? Math.max(...instants);
}

/** By how much the zone's clock is ahead of UTC, milliseconds. */
function offsetAt(at: number, zone: string): number {
  const { year, month, day, hour, minute, second } = fieldsAt(at, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

type Fields = Day & { readonly hour: number; readonly minute: number; readonly second: number };

const formats = new Map<string, Intl.DateTimeFormat>();

function fieldsAt(at: number, zone: string): Fields {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, format);
  const found = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const field = (type: Intl.DateTimeFormatPartTypes): number => found.get(type) ?? 0;
  return {
    year: field('year'),
    month: field('month'),
    day: field('day'),
    hour: field('hour'),
    minute: field('minute'),
    second: field('second'),
  };
}
