const pattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** ISO 8601 to epoch milliseconds with fraction; `Date.parse` would cut Discord's microseconds. */
export function epochMilliseconds(timestamp: string): number | undefined {
  const [, seconds, fraction = '', zone] = pattern.exec(timestamp) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const whole = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(whole) ? undefined : whole + Number(`0${fraction}`) * 1_000;
}
