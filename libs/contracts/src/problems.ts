import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** What is wrong, a line for each field with its reason; never a value. */
export function problemsOf({ issues }: { readonly issues: readonly Issue[] }): string {
  return issues
    .map((issue) => [nameOf(issue.path), reasonOf(issue)].filter((part) => part !== '').join(': '))
    .join('\n');
}

/** `targets[1].price` */
export function nameOf(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.join('').replace(/^\./, '');
}

/** Why a field is refused, for people. */
export function reasonOf({ code, message }: Issue): string {
  return code === 'invalid_type' && message.endsWith('received undefined') ? 'is missing' : message;
}
