import {
  type Account,
  type AccountEvent,
  AccountFold,
  type PositionTerms,
  executeExit,
  plainInstrument,
  unopenedAccount,
} from '@bellwether/domain';
import { seededRandom } from '../runner/random.ts';

const symbols = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT', 'XRP-USDT'] as const;

/** An account as a snapshot holds it, and what its journal says since, commit by commit. */
export interface Recovered {
  readonly snapshot: Account;
  readonly commits: readonly (readonly AccountEvent[])[];
}

/** Positions are adopted and stopped, each by a decision of the domain, until there are so many events. */
export function journalOf(parts: { readonly open: number; readonly events: number }): Recovered {
  const random = seededRandom(11);
  const fold = new AccountFold(unopenedAccount('acme', 'ann', 'ann.main'));
  fold.apply([
    { type: 'AccountOpened', tenant: 'acme', uid: 'ann', accountId: 'ann.main' },
    { type: 'TradingResumed', actor: 'bench', reason: 'opened' },
  ]);
  const open: PositionTerms[] = [];
  let ids = 0;
  const adopt = (): readonly AccountEvent[] => {
    const position = termsOf(ids, random);
    ids += 1;
    open.push(position);
    return [{ type: 'PositionAdopted', position }];
  };
  for (let each = 0; each < parts.open; each += 1) fold.apply(adopt());
  const snapshot = fold.account;
  const after = new AccountFold(snapshot);
  const commits: (readonly AccountEvent[])[] = [];
  for (let events = 0, ordinal = 1; events < parts.events; ordinal += 1) {
    const commit = open.length > parts.open ? stop(after.account, taken(open, random), ordinal) : adopt();
    after.apply(commit);
    commits.push(commit);
    events += commit.length;
  }
  return { snapshot, commits };
}

function taken(open: PositionTerms[], random: () => number): PositionTerms {
  const [position] = open.splice(Math.floor(random() * open.length), 1);
  if (position === undefined) throw new Error('no position is open');
  return position;
}

function stop(account: Account, { id, symbol }: PositionTerms, ordinal: number): readonly AccountEvent[] {
  const at = 1_700_000_000_000 + ordinal;
  const decided = executeExit(account, {
    positionId: id,
    lineId: 'stop',
    level: '95',
    tick: {
      symbol,
      venue: 'kucoin',
      epoch: 'bench',
      ordinal,
      series: 'trade',
      price: '94.75',
      exchangeAt: at,
      receivedAt: at,
    },
    late: false,
    lagMs: 1,
  });
  if (!decided.ok) throw new Error(`not stopped: ${decided.refusal.reason}`);
  return decided.value;
}

function termsOf(index: number, random: () => number): PositionTerms {
  const symbol = symbols[index % symbols.length] ?? symbols[0];
  return {
    id: `position-${index}`,
    symbol,
    side: 'long',
    quantity: (0.01 + Math.floor(random() * 500) / 100).toFixed(2),
    entryPrice: '100.25',
    contract: plainInstrument(symbol).contract,
    priceSource: 'trade',
    exits: {
      stopLoss: { price: '95', armedFrom: { at: 1 } },
      targets: [{ id: '1', price: '120', armedFrom: { at: 1 } }],
    },
    openedAt: 1,
    broker: 'shadow',
  };
}
