import type {
  AccountDocument,
  CreditTransactionDocument,
  CreditsBalanceDocument,
} from '@bellwether/contracts';
import { type CreditsState, decimal, formatDecimal, noCredits, sum } from '@bellwether/domain';
import type { CreditTransactionFields } from '@bellwether/store';

/** Everything that is stored about the credits of one account, and what its journal makes of them. */
export interface StoredCredits {
  readonly account: Pick<AccountDocument, 'credits'> | undefined;
  readonly balance: CreditsBalanceDocument['accounts'][string] | undefined;
  readonly transactions: readonly CreditTransactionDocument[];
  /** By the journal: `undefined` where it cannot be folded. */
  readonly folded: CreditsState | undefined;
  readonly expected: readonly CreditTransactionFields[];
}

/** What does not agree within the credits of an account, one sentence each; empty when all does. */
export function compareCredits({
  account,
  balance,
  transactions,
  folded,
  expected,
}: StoredCredits): string[] {
  const missing = new Map(expected.map((each) => [each.eventId, each]));
  const found = transactions.flatMap((stored): string[] => {
    const { changedAt: _changedAt, ...fields } = stored;
    const own = missing.get(stored.eventId);
    missing.delete(stored.eventId);
    if (own === undefined) return [`credit transaction ${stored.eventId} is of no event`];
    return textOf(own) === textOf(fields)
      ? []
      : [`credit transaction ${stored.eventId} is not what its event says`];
  });
  const lost = [...missing.keys()].map((eventId) => `credit transaction ${eventId} is not stored`);
  if (folded === undefined) return [...found, ...lost];
  const held = account?.credits ?? noCredits;
  const available = balance?.available ?? '0';
  return [
    ...found,
    ...lost,
    ...(textOf(held.reserved) === textOf(folded.reserved) && held.available === folded.available
      ? []
      : [`the account has ${shown(held)} credits, by the journal ${shown(folded)}`]),
    ...(available === folded.available && (balance?.reserved ?? '0') === reservedOf(folded)
      ? []
      : [`the balance of credits says ${available}, the journal ${folded.available}`]),
  ];
}

function shown(credits: CreditsState): string {
  return `${credits.available} and ${reservedOf(credits)} reserved`;
}

function reservedOf({ reserved }: CreditsState): string {
  return formatDecimal(sum(Object.values(reserved).map(decimal)));
}

function textOf(fields: object): string {
  return JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
