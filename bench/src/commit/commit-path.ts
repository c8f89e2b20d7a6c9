import { type AccountRef, mainAccount } from '@bellwether/contracts';
import {
  type AccountEvent,
  type PositionTerms,
  entered,
  plainInstrument,
  unknownMarket,
} from '@bellwether/domain';
import {
  type AccountCommits,
  type ExitLanes,
  type Fired,
  loadCommitPath,
  subjectOfPosition,
} from '@bellwether/executor';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import { AccountStore, connectPaced } from '@bellwether/store';

const logger = createLogger({ service: 'bench', level: 'silent' });
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const origin = { shard: 0, epoch: 'bench', number: 1, traceparent };

/** The part of an executor between what fired and what is published, on a Firestore at this address. */
export interface CommitPath {
  readonly commits: AccountCommits;
  readonly lanes: ExitLanes;
  /** Events that were handed to the publisher. */
  published(): number;
  close(): Promise<void>;
}

export async function commitPathOn(host: string): Promise<CommitPath> {
  const { AccountCommits, ExitLanes, Relay } = await loadCommitPath();
  const environment = { FIRESTORE_EMULATOR_HOST: host, GOOGLE_CLOUD_PROJECT: 'bench' };
  const paced = connectPaced(environment, { name: 'bench', clock: systemClock, ids: systemIds, logger });
  const { firestore, writes } = paced;
  let published = 0;
  const publisher = {
    async publish(data: Uint8Array) {
      published += data.byteLength > 0 ? 1 : 0;
      return Promise.resolve('stored');
    },
    flush: async () => Promise.resolve(),
  };
  const relay = new Relay(publisher, { settle: async () => Promise.resolve() }, logger);
  const store = new AccountStore({ firestore, clock: systemClock, ids: systemIds, logger, shards: 2 });
  const commits = new AccountCommits({
    store,
    pace: writes,
    onCommitted: (stored) => void relay.publish(stored),
    settle: () => [],
  });
  const lanes = new ExitLanes({
    commits,
    surroundings: { market: unknownMarket, instrumentOf: plainInstrument, brokers: new Set() },
    clock: systemClock,
    logger,
    rearm: () => undefined,
  });
  return {
    commits,
    lanes,
    published: () => published,
    async close() {
      await relay.close();
      await paced.close();
    },
  };
}

/** Accounts that nobody has used before, each with as many open positions, all with a stop that one tick reaches. */
export async function openStops(
  { commits }: CommitPath,
  { accounts, exits }: { readonly accounts: number; readonly exits: number },
): Promise<readonly Fired[]> {
  const fired: Fired[] = [];
  for (let a = 0; a < accounts; a += 1) {
    run += 1;
    const account = mainAccount('acme', `user${run}`);
    const positions = Array.from({ length: exits / accounts }, (_, p) => positionTerms(`position-${p}`));
    for (let first = 0; first < positions.length; first += 100)
      await adopt(commits, account, positions.slice(first, first + 100));
    fired.push(...positions.map((position) => reached(account, position)));
  }
  return fired;
}
let run = 0;

/** All at once, as from one frame. */
export async function executeTogether({ lanes }: CommitPath, fired: readonly Fired[]): Promise<void> {
  await lanes.execute(fired, origin);
}

async function adopt(
  commits: AccountCommits,
  account: AccountRef,
  positions: readonly PositionTerms[],
): Promise<void> {
  const events = positions.map((position): AccountEvent => ({ type: 'PositionAdopted', position }));
  const { tenant, uid, accountId } = account;
  const beginning: AccountEvent[] = [
    { type: 'AccountOpened', tenant, uid, accountId },
    { type: 'TradingResumed', actor: 'bench', reason: 'opened' },
  ];
  const outcome = await commits.commit(account, {
    cause: { kind: 'frame', shard: 0, epoch: 'bench', number: 0 },
    traceparent,
    positionIds: positions.map(({ id }) => id),
    decide: (_image, isOpen) => ({ events: isOpen ? events : [...beginning, ...events] }),
  });
  if (outcome.status !== 'committed') throw new Error(`positions were not opened: ${outcome.status}`);
}

function positionTerms(id: string): PositionTerms {
  return {
    id,
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '0.25',
    entryPrice: '64250.25',
    contract: plainInstrument('BTC-USDT').contract,
    priceSource: 'trade',
    exits: {
      stopLoss: { price: '62000', armedFrom: { at: 1 } },
      targets: [{ id: '1', price: '70000', armedFrom: { at: 1 } }],
    },
    openedAt: 1,
    broker: 'shadow',
  };
}

function reached(account: AccountRef, terms: PositionTerms): Fired {
  const tick = {
    symbol: terms.symbol,
    venue: 'kucoin',
    epoch: 'bench',
    ordinal: 1,
    series: 'trade',
    price: '61999.5',
    exchangeAt: 2,
    receivedAt: Math.round(systemClock.now()),
  } as const;
  return {
    subject: subjectOfPosition(account, entered(terms), 1),
    lineId: 'stop',
    reason: 'stopLoss',
    level: '62000',
    tick,
    prices: { trade: tick },
  };
}
