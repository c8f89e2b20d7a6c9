import { InputError } from './input-error.ts';

/** A day, UTC, a time with its zone, or epoch milliseconds. @returns epoch milliseconds. @throws InputError that names the option. */
export function parseTime(option: string, text: string): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = isDay ? Date.parse(text) : /^\d{9,14}$/.test(text) ? Number(text) : zonedTime(text);
  if (Number.isNaN(at))
    throw new InputError(
      `${option}: must be a day (2026-11-27, UTC), a time with its zone (2026-11-27T18:00:00Z) or epoch milliseconds, not "${text}"`,
    );
  return at;
}

/** Epoch milliseconds of an ISO time; `NaN` for another text, and without a zone: that is another time on every machine. */
export function zonedTime(text: string): number {
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  return isTime ? Date.parse(text) : Number.NaN;
}
