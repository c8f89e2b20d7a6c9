import type { AccountRef } from '@bellwether/contracts';
import type { Account } from '@bellwether/domain';
import type { AccountStore, CommitOutcome, CommitRequest, StoredCommit } from '@bellwether/store';
import { type ArmedSubject, subjectOfPosition, subjectOfTrigger } from '../ticks/fired.ts';

/** Hears of every commit of this process, once it is durable. */
export type OnCommitted = (stored: StoredCommit, changed: readonly ArmedSubject[]) => void;

/** The one way to commit here: the trigger books and the relay hear of it before the caller does. */
export class AccountCommits {
  readonly #store: AccountStore;
  readonly #onCommitted: OnCommitted;

  constructor(store: AccountStore, onCommitted: OnCommitted) {
    this.#store = store;
    this.#onCommitted = onCommitted;
  }

  async commit<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): Promise<CommitOutcome<Refusal>> {
    const outcome = await this.#store.commit(ref, request);
    if (outcome.status === 'committed')
      this.#onCommitted(outcome.stored, changedBy(ref, outcome.stored, outcome.account));
    return outcome;
  }
}

/** The positions and triggers of a commit, as they stand after it. */
function changedBy(ref: AccountRef, { commit }: StoredCommit, account: Account): ArmedSubject[] {
  const positions = new Set<string>();
  const triggers = new Set<string>();
  for (const event of commit.events) {
    if (event.type === 'PositionAdopted') positions.add(event.position.id);
    else if (event.type === 'TriggerArmed') triggers.add(event.trigger.id);
    else if ('positionId' in event) positions.add(event.positionId);
    else if ('triggerId' in event) triggers.add(event.triggerId);
  }
  const changed: ArmedSubject[] = [];
  for (const id of positions) {
    const position = account.positions.get(id);
    if (position !== undefined) changed.push(subjectOfPosition(ref, position, commit.seq));
  }
  for (const id of triggers) {
    const trigger = account.triggers.get(id);
    if (trigger !== undefined) changed.push(subjectOfTrigger(ref, trigger, commit.seq));
  }
  return changed;
}
