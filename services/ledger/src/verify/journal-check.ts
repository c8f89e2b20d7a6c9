import { type AccountRef, Commit, sequenceId } from '@bellwether/contracts';
import { type Account, AccountFold, noCredits, unopenedAccount } from '@bellwether/domain';
import { type CreditTransactionFields, creditTransactionsOf, hashStored } from '@bellwether/store';

/**
 * Follows the entries of one journal as they are stored, whatever their schema: their sequence has no gap, each has the
 * hash that it says, and names the hash of the one before. Folds them into the account as far as they are whole.
 */
export class JournalCheck {
  readonly differences: string[] = [];
  readonly #ref: AccountRef;
  readonly #follow: ((commit: Commit) => void) | undefined;
  readonly #watermark: number;
  /** None where the journal cannot be folded. */
  #fold: AccountFold | undefined;
  #seq = 0;
  #hash = '';
  readonly #transactions: CreditTransactionFields[] = [];
  #booked: Pick<Account, 'cash' | 'credits'> = { cash: {}, credits: noCredits };

  /**
   * @param watermark up to which entry the ledger has booked.
   * @param follow is given each entry, in order, as long as nothing is wrong.
   */
  constructor(ref: AccountRef, watermark: number, follow?: (commit: Commit) => void) {
    this.#ref = ref;
    this.#watermark = watermark;
    this.#follow = follow;
    this.#fold = new AccountFold(unopenedAccount(ref.tenant, ref.uid, ref.accountId));
  }

  /** The sequence and the hash of the last entry. */
  get head(): { readonly seq: number; readonly hash: string } {
    return { seq: this.#seq, hash: this.#hash };
  }

  /** After the last entry; `undefined` where the journal cannot be folded. */
  get account(): Account | undefined {
    return this.#fold?.account;
  }

  /** What the account held after the last booked entry; `undefined` where the journal cannot be folded. */
  get booked(): Pick<Account, 'cash' | 'credits'> | undefined {
    return this.#fold === undefined ? undefined : this.#booked;
  }

  /** What the entries that read move in the book of credits, in their order. */
  get creditTransactions(): readonly CreditTransactionFields[] {
    return this.#transactions;
  }

  /** The next entry. @param id of its document. */
  take(id: string, stored: object): void {
    const expected = this.#seq + 1;
    if (id !== sequenceId(expected)) {
      this.#broken(`the entries ${expected} to ${Number(id) - 1} are missing`);
      this.#hash = 'previousHash' in stored ? String(stored.previousHash) : '';
    }
    this.#seq = Number(id);
    const hash = 'hash' in stored ? stored.hash : undefined;
    if (hash !== hashStored(stored)) this.#broken(`entry ${this.#seq} is not what its hash was made of`);
    const previous = 'previousHash' in stored ? stored.previousHash : undefined;
    if (previous !== this.#hash) this.#broken(`entry ${this.#seq} does not follow the entry before`);
    this.#hash = String(hash);
    this.#foldIn(stored);
  }

  #foldIn(stored: object): void {
    const parsed = Commit.safeParse(stored);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      this.#broken(`entry ${this.#seq} does not read: ${issue?.path.join('.')}: ${issue?.message}`);
      return;
    }
    const { tenant, uid, accountId, seq, events } = parsed.data;
    const { tenant: ownTenant, uid: ownUid, accountId: own } = this.#ref;
    if (seq !== this.#seq || accountId !== own || uid !== ownUid || tenant !== ownTenant)
      this.#broken(`entry ${this.#seq} says to be entry ${seq} of ${accountId} of ${uid} in ${tenant}`);
    this.#transactions.push(...creditTransactionsOf(parsed.data).values());
    if (this.differences.length === 0) this.#follow?.(parsed.data);
    if (this.#fold === undefined) return;
    try {
      this.#fold.apply(events);
    } catch (error) {
      this.#broken(`entry ${this.#seq} cannot have happened: ${String(error)}`);
      return;
    }
    const { account } = this.#fold;
    if (this.#seq <= this.#watermark) this.#booked = { cash: account.cash, credits: account.credits };
  }

  #broken(what: string): void {
    this.differences.push(what);
    this.#fold = undefined;
  }
}
