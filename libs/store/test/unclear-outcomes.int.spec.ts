import { type AccountDocument, type AccountRef, paths } from '@bellwether/contracts';
import { systemIds } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { type AccountStore, readCommits, readDocument } from '../src/index.ts';
import {
  adopted,
  byCommand,
  commitTo,
  halted,
  newAccount,
  opened,
  resumed,
  storeOn,
} from './store.builder.ts';
import {
  type Fault,
  UnclearFirestore,
  appliedThen,
  grpcError,
  lostWith,
  unavailable,
} from './unclear-firestore.ts';

const status = {
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  aborted: 10,
  internal: 13,
};

describe('a commit whose outcome is unclear', () => {
  let cloud: TestCloud;
  let firestore: UnclearFirestore;
  let account: AccountRef;
  let store: AccountStore;
  let ids: string[];

  beforeAll(async () => {
    cloud = await startTestCloud();
    firestore = new UnclearFirestore(cloud.environment);
  });
  afterAll(async () => {
    await firestore.terminate();
    await cloud.close();
  });
  beforeEach(async () => {
    account = newAccount();
    ids = [];
    const next = (): string => {
      ids.push(systemIds.next());
      return ids.at(-1)!;
    };
    store = storeOn(firestore, { ids: { ...systemIds, next } });
    await commitTo(store, account, [opened(account)]);
    firestore.commits = 0;
    ids.length = 0;
  });

  const journal = async () =>
    (await readCommits(cloud.firestore, account, 1, 100)).map(({ commit }) => commit);
  /** Commits over that line, then once more over a good one, and tells what came of it. */
  async function commitOver(...faults: Fault[]) {
    firestore.faults.push(...faults);
    const outcome = await commitTo(store, account, [adopted('p1')], byCommand('k'));
    const drawn = [...ids];
    firestore.commits = 0;
    const next = await commitTo(store, account, [resumed]);
    const entries = await journal();
    return {
      stored: entries.map(({ seq, events }) => `${seq} ${events[0]?.type}`),
      isAnswerStored: outcome.status === 'committed' && isDeepStrictEqual(outcome.stored.commit, entries[1]),
      isOneCommitDrawn: isDeepStrictEqual(drawn, [entries[1]?.commitId]),
      /** One, when the image was right. */
      triesOfNext: firestore.commits,
      next: next.status,
    };
  }
  const onceAndWhole = {
    stored: ['1 AccountOpened', '2 PositionAdopted', '3 TradingResumed'],
    isAnswerStored: true,
    isOneCommitDrawn: true,
    triesOfNext: 1,
    next: 'committed',
  };

  it.each(Object.entries({ unavailable, ...status }))(
    'is found in the journal when it was applied: %s',
    async (_name, code) => {
      expect(await commitOver(appliedThen(code))).toEqual(onceAndWhole);
    },
  );

  it.each(Object.entries({ unavailable, ...status }))(
    'is sent again as it was when it was not applied: %s',
    async (_name, code) => {
      expect(await commitOver(lostWith(code), lostWith(code))).toEqual(onceAndWhole);
    },
  );

  it('is sent again until its own first sending, late, is what applies', async () => {
    let late: (() => Promise<unknown>) | undefined;
    const delayed: Fault = async (send) => {
      late = send;
      return Promise.reject(grpcError(status.deadlineExceeded));
    };
    const overtaken: Fault = async (send) => {
      await late?.();
      return send();
    };
    expect(await commitOver(delayed, overtaken)).toEqual(onceAndWhole);
  });

  it('is asked for until the journal answers', async () => {
    firestore.readsThatFail = 2;
    expect(await commitOver(appliedThen(unavailable))).toEqual(onceAndWhole);
    expect(firestore.readsThatFail).toBe(0);
  });

  it('holds what else the account commits, and nothing of other accounts', async () => {
    const { promise: answer, reject } = Promise.withResolvers<never>();
    firestore.faults.push(async () => answer);
    const first = commitTo(store, account, [resumed]);
    const second = commitTo(store, account, [halted]);
    const other = newAccount();
    expect(await commitTo(store, other, [opened(other)])).toMatchObject({ status: 'committed' });
    expect(await journal()).toHaveLength(1);
    reject(grpcError(unavailable));
    expect(await first).toMatchObject({ stored: { commit: { seq: 2, events: [resumed] } } });
    expect(await second).toMatchObject({ stored: { commit: { seq: 3, events: [halted] } } });
  });

  it.each<[string, (byOther: () => Promise<unknown>) => Fault]>([
    ['was refused', (byOther) => async (send) => byOther().then(send)],
    [
      'has no answer',
      (byOther) => async () => byOther().then(async () => Promise.reject(grpcError(unavailable))),
    ],
  ])(
    'is lost to another writer of its sequence when it %s; the image then has that',
    async (_what, faultOf) => {
      const other = storeOn(cloud);
      firestore.faults.push(faultOf(async () => commitTo(other, account, [resumed])));
      expect(await commitTo(store, account, [adopted('p1')])).toEqual({ status: 'contended' });
      let trading = '';
      const again = await store.commit(account, {
        cause: { kind: 'frame', shard: 0, epoch: 'e', number: 1 },
        traceparent: '',
        decide: (image) => {
          ({ trading } = image);
          return { events: [adopted('p1')] };
        },
      });
      expect(again).toMatchObject({ status: 'committed', stored: { commit: { seq: 3 } } });
      expect(trading).toBe('active');
      expect(firestore.commits).toBe(2);
      const head = readDocument<AccountDocument>(await cloud.firestore.doc(paths.account(account)).get());
      expect(head).toMatchObject({ version: 3, trading: 'active', openPositionIds: ['p1'] });
    },
  );

  it('answers a command that another process has committed meanwhile with its sequence', async () => {
    const other = storeOn(cloud);
    firestore.faults.push(async (send) => {
      await commitTo(other, account, [resumed], byCommand('k'));
      return send();
    });
    expect(await commitTo(store, account, [resumed], byCommand('k'))).toEqual({ status: 'repeated', seq: 2 });
    expect(await journal()).toHaveLength(2);
  });
});
