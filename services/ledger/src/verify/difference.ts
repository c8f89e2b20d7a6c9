import type { AccountRef } from '@bellwether/contracts';

/** What of an account does not agree with what. */
export interface Difference {
  readonly account: AccountRef;
  /**
   * `journal`: the chain of its entries is broken. `state`: documents are not what the journal makes of them.
   * `books`: what the ledger stored does not add up. `booking`: the ledger has not booked all of the journal.
   */
  readonly about: 'journal' | 'state' | 'books' | 'booking';
  /** One sentence without the account. */
  readonly what: string;
  /** What to do about it: a command where one repairs it. Nothing is ever repaired by looking. */
  readonly repair: string;
}

export function differenceOf(account: AccountRef, about: Difference['about'], what: string): Difference {
  return { account, about, what, repair: repairOf(about, account) };
}

function repairOf(about: Difference['about'], { accountId }: AccountRef): string {
  switch (about) {
    case 'journal':
      return 'a journal is never repaired: restore the data from a backup';
    case 'state':
      return `bellwether rebuild --account ${accountId} --write --yes`;
    case 'booking':
    case 'books':
      return `bellwether rebuild --projection ledger --account ${accountId} --write --yes`;
  }
}
