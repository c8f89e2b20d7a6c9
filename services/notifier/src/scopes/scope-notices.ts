import { type ScopeCommit, type ScopeEvent, type ScopeRef, eventId, scopeId } from '@bellwether/contracts';
import { traceIdOf } from '@bellwether/contracts';
import { utc } from '../messages/wording.ts';
import type { Notice } from '../notices/notice.ts';
import type { Told } from '../notices/told.ts';

/** What a scope's commit tells, before it is known whom. */
export interface ScopeNotice {
  readonly to: Audience;
  /** What it says to a tenant of the audience. */
  readonly noticeFor: (tenant: string) => Notice;
}

/** Who is told. */
export type Audience =
  | { readonly kind: 'scope'; readonly scope: ScopeRef }
  /** Tenants that have something open or armed in one of them: their exits do not fire. */
  | { readonly kind: 'symbols'; readonly symbols: readonly string[] }
  | { readonly kind: 'operators' }
  /** The tenant of that account. */
  | { readonly kind: 'account'; readonly accountId: string };

type Paused = Extract<ScopeEvent, { type: 'SymbolPaused' }>;
type Resumed = Extract<ScopeEvent, { type: 'SymbolResumed' }>;
type Switched = Extract<ScopeEvent, { type: 'TradingHalted' | 'TradingReduced' | 'TradingResumed' }>;
type Differed = Extract<ScopeEvent, { type: 'ReconciliationDiffered' }>;

const mostSymbols = 30;
const mostExamples = 20;

/**
 * What a commit of a scope larger than an account tells: symbols that pause or resume together in one notice, a halt once
 * for each tenant. Of what does not add up operators hear all, and a tenant what concerns its own accounts.
 */
export function scopeNoticesOf(commit: ScopeCommit, committedAt: number): ScopeNotice[] {
  const { scope, seq, events } = commit;
  const notice = (index: number, event: Told, suffix = '') => ({
    noticeFor: (tenant: string): Notice => ({
      eventId: `${eventId(scopeId(scope), seq, index)}${suffix}`,
      tenant,
      uid: scope.kind === 'user' ? scope.uid : '',
      accountId: '',
      seq,
      traceId: traceIdOf(commit.traceparent) ?? '',
      traceparent: commit.traceparent,
      committedAt,
      event,
    }),
  });
  const found: ScopeNotice[] = [];
  const paused = new Map<string, number[]>();
  for (const [index, event] of events.entries())
    switch (event.type) {
      case 'SymbolPaused':
      case 'SymbolResumed': {
        const key = event.type === 'SymbolPaused' ? `${event.type} ${event.health}` : event.type;
        paused.set(key, [...(paused.get(key) ?? []), index]);
        break;
      }
      case 'TradingHalted':
      case 'TradingReduced':
      case 'TradingResumed':
        found.push({ to: { kind: 'scope', scope }, ...notice(index, switchedTold(scope, event)) });
        break;
      case 'ReconciliationDiffered':
        found.push({ to: { kind: 'operators' }, ...notice(index, differedTold(event)) });
        for (const [accountId, own] of byAccount(event)) {
          const to = { kind: 'account', accountId } as const;
          found.push({ to, ...notice(index, accountDiffersTold(accountId, own), `:${accountId}`) });
        }
        break;
    }
  for (const indexes of paused.values()) {
    const some = indexes.flatMap((index): (Paused | Resumed)[] => {
      const event = events[index];
      return event?.type === 'SymbolPaused' || event?.type === 'SymbolResumed' ? [event] : [];
    });
    const [first] = some;
    if (first === undefined) continue;
    const symbols = some.map(({ symbol }) => symbol);
    found.push({ to: { kind: 'symbols', symbols }, ...notice(indexes[0] ?? 0, symbolsTold(first, symbols)) });
  }
  return found;
}

function symbolsTold(first: Paused | Resumed, symbols: readonly string[]): Told {
  const isPaused = first.type === 'SymbolPaused';
  const [symbol = ''] = symbols;
  const names = symbols.length === 1 ? symbol : `${symbol} and ${symbols.length - 1} more`;
  const why = isPaused && first.health === 'stale' ? 'has no fresh prices' : 'has prices that may be wrong';
  return {
    type: 'Told',
    of: first.type,
    subjectId: symbol,
    severity: isPaused ? 'critical' : 'success',
    headline: isPaused
      ? `${names} ${why}: no exit or trigger fires`
      : `${names} fires exits and triggers again`,
    details: [
      { name: 'Reason', value: first.reason },
      { name: 'Since', value: utc(first.since) },
      ...(symbols.length === 1 ? [] : [{ name: 'Symbols', value: String(symbols.length) }]),
    ],
    ...(symbols.length === 1 ? { symbol } : { lines: listed(symbols, mostSymbols) }),
  };
}

function switchedTold(scope: ScopeRef, event: Switched): Told {
  const where = {
    system: 'everywhere',
    tenant: 'in all accounts of the tenant',
    user: 'in all accounts of the user',
  };
  const { actor, reason } = event;
  const until = event.type === 'TradingResumed' ? undefined : event.until;
  return {
    type: 'Told',
    of: event.type,
    subjectId: scopeId(scope),
    severity: event.type === 'TradingResumed' ? 'info' : 'critical',
    headline: `Trading ${whatOf(event)} ${where[scope.kind]} by ${actor}`,
    details: [
      ...(scope.kind === 'user' ? [{ name: 'User', value: scope.uid }] : []),
      { name: 'By', value: actor },
      { name: 'Reason', value: reason },
      ...(until === undefined ? [] : [{ name: 'Until', value: utc(until) }]),
    ],
  };
}

function whatOf(event: Switched): string {
  switch (event.type) {
    case 'TradingHalted':
      return 'halted';
    case 'TradingReduced':
      return event.flatten ? 'being flattened' : 'reduced';
    case 'TradingResumed':
      return 'resumed';
  }
}

function differedTold({ accounts, differing, differences, examples }: Differed): Told {
  return {
    type: 'Told',
    of: 'ReconciliationDiffered',
    subjectId: 'verification',
    severity: 'critical',
    headline: `${differing} of ${accounts} accounts do not add up: ${differences} differences`,
    details: [
      { name: 'Verified', value: `${accounts} accounts` },
      { name: 'Differing', value: String(differing) },
      { name: 'Differences', value: String(differences) },
    ],
    lines: listed(
      examples.map(({ accountId, about, what, repair }) => `${accountId} ${about}: ${what}. ${repair}`),
      mostExamples,
    ),
  };
}

function accountDiffersTold(accountId: string, examples: Differed['examples']): Told {
  return {
    type: 'Told',
    of: 'ReconciliationDiffered',
    subjectId: accountId,
    severity: 'critical',
    headline: `What is stored of ${accountId} does not add up`,
    details: [{ name: 'Account', value: accountId }],
    lines: listed(
      examples.map(({ about, what, repair }) => `${about}: ${what}. ${repair}`),
      mostExamples,
    ),
  };
}

function byAccount({ examples }: Differed): ReadonlyMap<string, Differed['examples']> {
  return Map.groupBy(examples, ({ accountId }) => accountId);
}

function listed(all: readonly string[], most: number): string[] {
  const rest = all.length - most;
  return rest <= 0 ? [...all] : [...all.slice(0, most), `and ${rest} more`];
}
