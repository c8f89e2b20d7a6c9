import {
  type ScopeRef,
  type ScopeTradingDocument,
  type ScopeEvent,
  paths,
  systemScope,
} from '@bellwether/contracts';
import type { Actor, Clock, ScopeTrading, TradingState } from '@bellwether/domain';
import { hashRequest } from './commit-hash.ts';
import type { ScopeDecision, ScopeOutcome, ScopeStore } from './scope-store.ts';

/** Halts, reduces or resumes trading in every account of a scope. */
export interface ScopeSwitch extends Actor {
  /** Makes it idempotent. */
  readonly key: string;
  readonly state: TradingState;
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number;
  /** Of `halted`: closes every position first. */
  readonly flatten?: boolean;
  /** Only while this entry of the scope's journal is what stands. */
  readonly after?: number;
}

export type ScopeRefusal =
  | { readonly reason: 'NO_TENANT'; readonly tenant: string }
  | { readonly reason: 'NO_USER'; readonly uid: string; readonly tenant: string }
  | { readonly reason: 'ENDS_BEFORE_NOW'; readonly until: number };

/**
 * Commits it to the scope's own journal, together with the document that executors listen to: they honour it at
 * once, and carry it into every account. It needs nothing but Firestore.
 */
export async function switchScope(
  scopes: Pick<ScopeStore, 'commit'>,
  scope: ScopeRef,
  { traceparent, clock, ...request }: ScopeSwitch & { readonly traceparent: string; readonly clock: Clock },
): Promise<ScopeOutcome<ScopeRefusal>> {
  const name = request.state === 'active' ? 'ResumeTrading' : 'HaltTrading';
  return scopes.commit<ScopeRefusal>(scope, {
    cause: { kind: 'command', name, key: request.key },
    traceparent,
    requestHash: hashRequest({ scope, ...request }),
    documents: [paths.scopeTrading(scope), ...existenceOf(scope)],
    decide: (found, seq) => decideSwitch(scope, request, found, { seq, now: clock.now() }),
  });
}

/** What stands, as the accounts of the scope follow it. */
export function scopeTradingOf(document: ScopeTradingDocument): ScopeTrading {
  const { scope, seq, state, actor, reason, until, flatten } = document;
  return {
    scope: scope.kind === 'system' ? 'global' : scope.kind,
    seq,
    state,
    actor,
    reason,
    ...(until === undefined ? {} : { until }),
    ...(flatten === undefined ? {} : { flatten }),
  };
}

/** The scopes that an account lies in, the widest first. */
export function scopesOf({ tenant, uid }: { readonly tenant: string; readonly uid: string }): ScopeRef[] {
  return [systemScope, { kind: 'tenant', tenant }, { kind: 'user', tenant, uid }];
}

/** Pure. @param now epoch milliseconds. */
export function decideSwitch(
  scope: ScopeRef,
  { state, actor, reason, until, flatten = false, after }: Omit<ScopeSwitch, 'key'>,
  found: ReadonlyMap<string, unknown>,
  { seq, now }: { readonly seq: number; readonly now: number },
): ScopeDecision<ScopeRefusal> {
  const missing = missingOf(scope, found);
  if (missing !== undefined) return { refusal: missing };
  if (until !== undefined && until <= now) return { refusal: { reason: 'ENDS_BEFORE_NOW', until } };
  const path = paths.scopeTrading(scope);
  // Only this decision, and the counts of the executors, write this document.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const stands = found.get(path) as ScopeTradingDocument | undefined;
  const isSo =
    (stands?.state ?? 'active') === state &&
    stands?.until === until &&
    (stands?.flatten ?? false) === flatten;
  if (isSo || (after !== undefined && stands?.seq !== after)) return { events: [] };
  const ends = until === undefined ? {} : { until };
  const document: ScopeTradingDocument = {
    scope,
    seq,
    state,
    actor,
    reason,
    ...ends,
    ...(flatten ? { flatten } : {}),
    since: now,
    isOpen: true,
    isSpreading: true,
    accounts: 0,
    done: 0,
  };
  const event: ScopeEvent =
    state === 'active'
      ? { type: 'TradingResumed', actor, reason }
      : state === 'halted' && !flatten
        ? { type: 'TradingHalted', actor, reason, ...ends }
        : { type: 'TradingReduced', actor, reason, ...ends, flatten };
  return { events: [event], documents: new Map([[path, document]]) };
}

function existenceOf(scope: ScopeRef): string[] {
  if (scope.kind === 'system') return [];
  return scope.kind === 'tenant' ? [paths.tenant(scope.tenant)] : [paths.user(scope.uid)];
}

function missingOf(scope: ScopeRef, found: ReadonlyMap<string, unknown>): ScopeRefusal | undefined {
  if (scope.kind === 'system') return undefined;
  const { tenant } = scope;
  if (scope.kind === 'tenant')
    return found.get(paths.tenant(tenant)) === undefined ? { reason: 'NO_TENANT', tenant } : undefined;
  const user = found.get(paths.user(scope.uid));
  const isOfTenant =
    typeof user === 'object' && user !== null && 'tenantId' in user && user.tenantId === tenant;
  return isOfTenant ? undefined : { reason: 'NO_USER', uid: scope.uid, tenant };
}
