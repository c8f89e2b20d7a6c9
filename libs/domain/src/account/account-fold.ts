import { type Account, evolveInto } from './account.ts';
import { OwnCopies } from './copies.ts';
import type { AccountEvent } from './events.ts';

/**
 * Folds events into an account as `evolve` does one by one, at a cost that does not grow with what the
 * account holds: maps and sets are copied once, and changed in place from then on. The account that it began
 * with stays as it is.
 */
export class AccountFold {
  readonly #copies = new OwnCopies();
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** As it stands now: what is handed out here changes with the next `apply`. */
  get account(): Account {
    return this.#account;
  }

  apply(events: readonly AccountEvent[]): void {
    for (const event of events) this.#account = evolveInto(this.#copies, this.#account, event);
  }
}

/** The account after all of `events`, in their order. */
export function evolveAll(account: Account, events: readonly AccountEvent[]): Account {
  const fold = new AccountFold(account);
  fold.apply(events);
  return fold.account;
}
