import { type Decimal, add, decimal, formatDecimal, isZero, zero } from '@bellwether/domain';

/** Decimal text by `{ledger account}|{currency}`. */
export type Balances = Readonly<Record<string, string>>;

/** Exact sums of the balances of several accounts, sorted by name; those of zero are left out. */
export function sumOfBalances(all: Iterable<Balances>): Balances {
  return sumBy(all, (name) => name);
}

/** What balances sum to over all ledger accounts, by currency: nothing, where they are of whole entries. */
export function imbalanceOf(balances: Balances): Balances {
  return sumBy([balances], (name) => name.slice(name.lastIndexOf('|') + 1));
}

function sumBy(all: Iterable<Balances>, keyOf: (name: string) => string): Balances {
  const sums = new Map<string, Decimal>();
  for (const balances of all)
    for (const [name, amount] of Object.entries(balances))
      sums.set(keyOf(name), add(sums.get(keyOf(name)) ?? zero, decimal(amount)));
  return Object.fromEntries(
    [...sums]
      .filter(([, sum]) => !isZero(sum))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, sum]) => [name, formatDecimal(sum)]),
  );
}
