import { InputError } from './input-error.ts';

/** A day, UTC, a time with its zone, or epoch milliseconds. @returns epoch milliseconds. @throws InputError that names the option. */
export function parseTime(option: string, text: string): number {
  const at = isDay(text) ? Date.parse(text) : /^\d{9,14}$/.test(text) ? Number(text) : zonedTime(text);
  if (Number.isNaN(at))
    throw new InputError(
      `${option}: must be a day (2026-11-27, UTC), a time with its zone (2026-11-27T18:00:00Z) or epoch milliseconds, not "${text}"`,
    );
  return at;
}

/** From `--from` until before `--to`, as `parseTime` takes them. @throws InputError that names the option. */
export function parseSpan(from: string, to: string): { readonly from: Date; readonly to: Date } {
  const span = { from: new Date(parseTime('--from', from)), to: new Date(parseTime('--to', to)) };
  if (span.to <= span.from)
    throw new InputError(`--to: must be after --from, and "${to}" is not after "${from}"`);
  return span;
}

/** Epoch milliseconds of an ISO time; `NaN` for another text, and without a zone: that is another time on every machine. */
export function zonedTime(text: string): number {
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  return isTime && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
}

/** Whether the calendar has it: to `Date.parse`, 30 February is a day in March. */
function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
