import * as z from 'zod';

// The amounts of commands: so few digits that all products and sums of what is asked for fit the amounts of events.

const plain = 'must be plain decimal text of at most 18 digits before the point and 18 after it';
const isLess = (text: unknown): boolean => typeof text === 'string' && text.startsWith('-');

/** A price, quantity or distance: more than zero. */
export const Amount = z
  .string()
  .regex(/^\d{1,18}(\.\d{1,18})?$/, {
    error: ({ input }) => (isLess(input) ? 'must be more than zero' : plain),
    abort: true,
  })
  .refine((text) => /[1-9]/.test(text), 'must be more than zero');

/** An amount with its sign: negative takes out, or lies below. */
export const SignedAmount = z.string().regex(/^-?\d{1,18}(\.\d{1,18})?$/, plain);

/** What a price or fee may be worse by: a share of all, percent. */
export const Percent = z
  .string()
  .regex(/^(100(\.0{1,18})?|\d{1,2}(\.\d{1,18})?)$/, 'must be plain decimal text from 0 to 100');

/** What is paid of one currency for one of another. */
export const Rate = Amount.refine(
  (text) => /^\d{1,12}(\.|$)/.test(text),
  'must have at most 12 digits before the point',
);

export const Currency = z.string().regex(/^[A-Z0-9]{2,16}$/, 'must be a currency such as USD or USDT');
