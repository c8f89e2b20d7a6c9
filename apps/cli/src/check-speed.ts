import { InputError } from './input-error.ts';

/** @throws InputError for what is no number above 0 that a tape can be played at. */
export function checkSpeed(text: string, { orMax }: { readonly orMax: boolean }): void {
  const speed = Number(text);
  if ((orMax && text === 'max') || (speed > 0 && Number.isFinite(speed))) return;
  throw new InputError(`--speed: must be ${orMax ? '"max" or ' : ''}a number above 0, not "${text}"`);
}
