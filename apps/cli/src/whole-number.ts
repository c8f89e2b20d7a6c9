import { InputError } from './input-error.ts';

/** @param option that holds the text, for the message. @throws InputError where it is none from `least` to `most`. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InputError(`${option}: must be a whole number from ${least} to ${most}, not "${text}"`);
}
