import { type ScopeRef, type ScopeTradingDocument, scopeId } from '@bellwether/contracts';
import { type Account, type AccountEvent, evolve, expireHold, followScope } from '@bellwether/domain';
import { scopeTradingOf, scopesOf } from '@bellwether/store';

/**
 * What the scopes wider than an account say about trading, as far as this process has heard: every decision for an
 * account of theirs goes by it, before the halt has reached the account's own journal.
 */
export class ScopeHolds {
  readonly #documents = new Map<string, ScopeTradingDocument>();

  /** News of a scope; what is older than what is known is none. */
  take(document: ScopeTradingDocument): void {
    const known = this.of(document.scope);
    if (known === undefined || known.seq <= document.seq)
      this.#documents.set(scopeId(document.scope), document);
  }

  /** The scope is open no more: it holds nothing, and every account has followed. */
  drop({ scope, seq }: ScopeTradingDocument): void {
    if (this.of(scope)?.seq === seq) this.#documents.delete(scopeId(scope));
  }

  of(scope: ScopeRef): ScopeTradingDocument | undefined {
    return this.#documents.get(scopeId(scope));
  }

  all(): readonly ScopeTradingDocument[] {
    return [...this.#documents.values()];
  }

  /**
   * What the account has to do before anything else: follow its scopes, and end its own hold when its time is over.
   *
   * @param now epoch milliseconds.
   */
  settle(account: Account, now: number): readonly AccountEvent[] {
    const followed = this.#documents.size === 0 ? [] : this.#follow(account);
    return [...followed, ...expireHold(followed.reduce(evolve, account), now)];
  }

  #follow(account: Account): readonly AccountEvent[] {
    return scopesOf(account).flatMap((scope) => {
      const document = this.of(scope);
      return document === undefined ? [] : followScope(account, scopeTradingOf(document));
    });
  }
}
