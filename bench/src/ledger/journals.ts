import { type Commit, mainAccount } from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import { type SealedCommit, sealCommit } from '@bellwether/store';
import { journalOf } from '../recover/journal.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
let accountsSoFar = 0;

/**
 * The journals of accounts that nobody has used before, from their first entry on: positions are adopted and stopped, one
 * after another, until each has at least so many events.
 */
export function journalsOf(parts: JournalParts): readonly (readonly Commit[])[] {
  return sealedJournals(parts).map((journal) => journal.map(({ commit }) => commit));
}

export interface JournalParts {
  readonly accounts: number;
  readonly events: number;
}

/** The same with the documents that they are stored as. */
export function sealedJournals(parts: JournalParts): readonly (readonly SealedCommit[])[] {
  const { commits } = journalOf({ open: 0, events: parts.events });
  return Array.from({ length: parts.accounts }, () => {
    accountsSoFar += 1;
    const account = mainAccount('acme', `user${accountsSoFar}`);
    const opened: readonly AccountEvent[] = [
      { type: 'AccountOpened', ...account },
      { type: 'TradingResumed', actor: 'bench', reason: 'opened' },
    ];
    let previousHash = '';
    return [opened, ...commits].map((events, index) => {
      const sealed = sealCommit({
        ...account,
        seq: index + 1,
        commitId: `${account.accountId}-${index + 1}`,
        cause: { kind: 'frame', shard: 0, epoch: 'bench', number: index },
        events: [...events],
        traceparent,
        previousHash,
      });
      previousHash = sealed.commit.hash;
      return sealed;
    });
  });
}

export function eventsOf(journals: readonly (readonly Commit[])[]): number {
  return journals.flat().reduce((sum, { events }) => sum + events.length, 0);
}
