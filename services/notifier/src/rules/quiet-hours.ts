/** From one time of day to another, `HH:MM`, in a time zone; over midnight where `to` is not after `from`. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
}

const minuteMs = 60_000;
const dayMinutes = 1_440;
const quarter = 15;

/**
 * When the quiet hours end that `now` is in, epoch milliseconds: the first minute whose time of day is not in them.
 * `undefined` when it is in none. Equal times are no quiet hours at all.
 */
export function quietUntil({ from, to, zone }: QuietHours, now: number): number | undefined {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const timeOfDay = (at: number): number => minutesOf(format.format(at));
  let until = Math.floor(now / minuteMs);
  while (isWithin(timeOfDay(until * minuteMs), start, end)) {
    const left = (end - timeOfDay(until * minuteMs) + dayMinutes) % dayMinutes;
    // Zones set their clocks at quarters of an hour only.
    until += Math.min(left, quarter - (until % quarter));
  }
  return until * minuteMs <= now ? undefined : until * minuteMs;
}

function isWithin(minute: number, start: number, end: number): boolean {
  if (start === end) return false;
  return start < end ? minute >= start && minute < end : minute >= start || minute < end;
}

function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return hours * 60 + minutes;
}
