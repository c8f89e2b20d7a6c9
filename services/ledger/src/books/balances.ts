import { type Decimal, type Posting, add, decimal, formatDecimal, isZero, zero } from '@bellwether/domain';

interface Balance {
  amount: Decimal;
}

/** The exact sums of postings, by `{ledger account}|{currency}`. */
export class Balances {
  /** By name, in the order in which they began. */
  readonly #all = new Map<string, Balance>();
  /** The same by ledger account and currency: to put a name together for each posting costs more than to add. */
  readonly #found = new Map<string, Map<string, Balance>>();

  /** @param before decimal text by name. */
  constructor(before: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(before)) this.#all.set(name, { amount: decimal(text) });
  }

  add({ ledgerAccount, currency, amount }: Posting): void {
    const balance = this.#balanceOf(ledgerAccount, currency);
    balance.amount = add(balance.amount, decimal(amount));
  }

  /** Decimal text by name, those of zero left out. */
  record(): Record<string, string> {
    const record: Record<string, string> = {};
    for (const [name, { amount }] of this.#all) if (!isZero(amount)) record[name] = formatDecimal(amount);
    return record;
  }

  #balanceOf(ledgerAccount: string, currency: string): Balance {
    let ofAccount = this.#found.get(ledgerAccount);
    if (ofAccount === undefined) {
      ofAccount = new Map<string, Balance>();
      this.#found.set(ledgerAccount, ofAccount);
    }
    let balance = ofAccount.get(currency);
    if (balance === undefined) {
      const name = `${ledgerAccount}|${currency}`;
      balance = this.#all.get(name) ?? { amount: zero };
      this.#all.set(name, balance);
      ofAccount.set(currency, balance);
    }
    return balance;
  }
}

/** The balances after more postings. */
export function balancesAfter(
  before: Readonly<Record<string, string>>,
  postings: Iterable<Posting>,
): Record<string, string> {
  const balances = new Balances(before);
  for (const posting of postings) balances.add(posting);
  return balances.record();
}
