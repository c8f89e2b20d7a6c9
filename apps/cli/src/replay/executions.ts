import type { Commit } from '@bellwether/contracts';
import type { AccountEvent, ExitReason, TickReference } from '@bellwether/domain';

/** One exit, entry or fired trigger, as the journal tells it. Amounts are decimal text. */
export interface Execution {
  /** The position's, the trigger's, or the name of the order that was filled. */
  readonly id: string;
  readonly uid: string;
  readonly reason: ExitReason | 'trigger' | 'entry';
  /** Its time is epoch milliseconds. */
  readonly tick: { readonly tsMs: number; readonly symbol: string; readonly price: string };
  /** Null for a trigger, which fills nothing. */
  readonly fillPrice: string | null;
  readonly quantity: string | null;
  /** Null for a trigger and an entry. */
  readonly realizedPnl: string | null;
  readonly journalSeq: number;
}

/** What fired and could not do what it is for. */
export interface RefusedAction {
  /** The trigger's. */
  readonly id: string;
  readonly uid: string;
  readonly action: string;
  /** In upper case, and what a person needs to mend it. */
  readonly reason: string;
  readonly detail: string;
  readonly journalSeq: number;
}

/** An execution, and which event of which commit it is. */
export interface FoundExecution {
  readonly execution: Execution;
  readonly commit: Commit;
  readonly index: number;
}

/** The executions that journals tell, in the order of their ticks, whatever the order of the commits. */
export function executionsIn(commits: Iterable<Commit>): readonly FoundExecution[] {
  const found: (FoundExecution & { readonly ordinal: number })[] = [];
  for (const commit of commits)
    for (const [index, event] of commit.events.entries()) {
      const result = resultOf(event, commit.accountId);
      if (result === undefined) continue;
      const { id, reason, fillPrice, quantity, realizedPnl } = result;
      const { exchangeAt: tsMs, symbol, price, ordinal } = result.tick;
      const execution: Execution = {
        id,
        uid: commit.uid,
        reason,
        tick: { tsMs, symbol, price },
        fillPrice,
        quantity,
        realizedPnl,
        journalSeq: commit.seq,
      };
      found.push({ execution, commit, index, ordinal });
    }
  return found.toSorted(
    (a, b) =>
      a.execution.tick.tsMs - b.execution.tick.tsMs ||
      a.ordinal - b.ordinal ||
      compareText(a.execution.id, b.execution.id) ||
      a.execution.journalSeq - b.execution.journalSeq ||
      a.index - b.index,
  );
}

/** In the order of the commits. */
export function refusedIn(commits: Iterable<Commit>): readonly RefusedAction[] {
  const found: RefusedAction[] = [];
  for (const { events, uid, seq: journalSeq } of commits)
    for (const event of events)
      if (event.type === 'TriggerActionRefused') {
        const { triggerId: id, action, reason, detail } = event;
        found.push({ id, uid, action, reason, detail, journalSeq });
      }
  return found;
}

function resultOf(
  event: AccountEvent,
  accountId: string,
): (Omit<Execution, 'uid' | 'tick' | 'journalSeq'> & { readonly tick: TickReference }) | undefined {
  if (event.type === 'PositionReduced' || event.type === 'PositionClosed') {
    const { positionId: id, reason, exitPrice: fillPrice, quantity, realizedPnl, tick } = event;
    return tick && { id, reason, fillPrice, quantity, realizedPnl, tick };
  }
  // The order of an exit is told by what it does to its position.
  if (event.type === 'OrderFilled' && event.of === 'order') {
    const { clientOrderId, price: fillPrice, quantity, tick } = event;
    const id = clientOrderId.slice(accountId.length + 1);
    return tick && { id, reason: 'entry', fillPrice, quantity, realizedPnl: null, tick };
  }
  if (event.type === 'TriggerFired') {
    const { triggerId: id, tick } = event;
    return { id, reason: 'trigger', fillPrice: null, quantity: null, realizedPnl: null, tick };
  }
  return undefined;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
