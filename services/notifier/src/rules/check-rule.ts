import { type AlertRuleDocument, problemsOf } from '@bellwether/contracts';
import * as z from 'zod';
import { alertTypes, isAlertType } from '../notices/alert-types.ts';
import { StoredRule } from './alert-rule.ts';

export type CheckedRule =
  | { readonly kind: 'valid'; readonly rule: AlertRuleDocument }
  /** Fields and reasons. */
  | { readonly kind: 'invalid'; readonly problems: string };

/**
 * What the notifier makes of the document of a rule. It passes over what is invalid, and lets an event type that it does not
 * know stand, as one that nothing matches: here that is a mistake.
 */
export function checkRule(document: unknown): CheckedRule {
  const { data, error } = NewRule.safeParse(document);
  return error === undefined
    ? { kind: 'valid', rule: data }
    : { kind: 'invalid', problems: problemsOf(error) };
}

const NewRule = StoredRule.extend({
  eventTypes: z
    .array(
      z.string().refine(isAlertType, {
        error: ({ input }) =>
          `${JSON.stringify(input)} is no event of alerts; there are ${Object.keys(alertTypes).join(', ')}`,
      }),
    )
    .min(1)
    .max(50)
    .exactOptional(),
});
