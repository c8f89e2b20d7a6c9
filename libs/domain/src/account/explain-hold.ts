import type { Account } from './account.ts';
import type { HaltScope } from './events.ts';

/** Which hold keeps an account from something: the strictest, and of as strict ones the widest. */
export interface HoldDetail {
  readonly scope?: HaltScope;
  readonly actor?: string;
  readonly because?: string;
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number;
}

const widest: readonly HaltScope[] = ['global', 'tenant', 'user', 'account'];

/** A refusal for how the account may trade, with who holds it so, why and for how long; any other as it is. */
export function explainHold<Refusal extends { readonly reason: string }>(
  { holds, trading }: Pick<Account, 'holds' | 'trading'>,
  refusal: Refusal,
): Refusal & HoldDetail {
  if (refusal.reason !== 'TRADING_HALTED' && refusal.reason !== 'TRADING_REDUCING') return refusal;
  const [hold] = holds
    .filter(({ state }) => state === trading)
    .toSorted((a, b) => widest.indexOf(a.scope) - widest.indexOf(b.scope));
  if (hold === undefined) return refusal;
  const { scope, actor, reason: because, until } = hold;
  return { ...refusal, scope, actor, because, ...(until === undefined ? {} : { until }) };
}
