import {
  type AccountDocument,
  type AccountRef,
  type PositionDocument,
  outboxShards,
  paths,
  shardOf,
} from '@bellwether/contracts';
import { type AccountEvent, type OrderTerms, adoptPosition } from '@bellwether/domain';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { Timestamp } from '@google-cloud/firestore';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AccountStore,
  DocumentTooLargeError,
  type StoredCommit,
  UnstorableValueError,
  hashStored,
  readCommit,
  readCommits,
  readDocument,
} from '../src/index.ts';
import {
  adopted,
  byCommand,
  byFrame,
  closed,
  commitTo,
  funded,
  halted,
  newAccount,
  opened,
  positionTerms,
  resumed,
  storeOn,
} from './store.builder.ts';

describe('committing to an account', () => {
  let cloud: TestCloud;
  let account: AccountRef;
  let store: AccountStore;

  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(async () => cloud.close());
  beforeEach(() => {
    account = newAccount();
    store = storeOn(cloud);
  });

  const get = async (path: string) => cloud.firestore.doc(path).get();
  const journal = async (): Promise<readonly StoredCommit[]> =>
    readCommits(cloud.firestore, account, 1, 1_000);
  /** What the operation would be billed for. */
  const costOf = async (what: 'reads' | 'writes', operation: () => Promise<unknown>): Promise<number> => {
    const before = cloud.meter.snapshot()[`firestore.${what}`] ?? 0;
    await operation();
    return (cloud.meter.snapshot()[`firestore.${what}`] ?? 0) - before;
  };
  const stores = (): [string, AccountStore][] => [
    ['the same store', store],
    ['another process', storeOn(cloud)],
  ];
  /** Adopts a position if the account is open and does not have it. */
  const adoptBy = async (each: AccountStore, id: string) =>
    each.commit(account, {
      ...byCommand(`adopt ${id}`),
      traceparent: '',
      positionIds: [id],
      decide: (image, isOpen) => {
        if (!isOpen) return { refusal: { reason: 'NO_ACCOUNT' } };
        const decided = adoptPosition(image, { ...positionTerms(id), exits: {}, armedFrom: { at: 0 } });
        return decided.ok ? { events: decided.value } : { refusal: decided.refusal };
      },
    });

  it('writes journal entry, state, outbox pointer and command record at one moment', async () => {
    await commitTo(store, account, [opened(account)]);
    const key = byCommand('k1');
    const outcome = await commitTo(store, account, [adopted('p1')], { ...key, positionIds: ['p1'] });
    expect(outcome).toMatchObject({ status: 'committed', stored: { commit: { seq: 2, cause: key.cause } } });
    const written = await Promise.all(
      [
        paths.journalEntry(account, 2),
        paths.account(account),
        paths.openPosition(account.uid, 'p1'),
        paths.outboxPointer(account.accountId, 2),
        paths.command(account, 'k1'),
      ].map(get),
    );
    expect(written.map((document) => document.exists)).toEqual([true, true, true, true, true]);
    expect(new Set(written.map(({ updateTime }) => updateTime?.valueOf())).size).toBe(1);
    const [entry, head, position, pointer, command] = written;
    expect(entry?.data()).toMatchObject({
      schema: 3,
      seq: 2,
      cause: key.cause,
      eventTypes: ['PositionAdopted'],
      events: JSON.stringify([adopted('p1')]),
    });
    expect(head?.data()).toMatchObject({ version: 2, openPositionIds: ['p1'] });
    expect(head?.get('headHash')).toBe(entry?.get('hash'));
    expect(position?.data()).toMatchObject({ version: 2, shard: shardOf('BTC-USDT', 2), symbol: 'BTC-USDT' });
    expect(pointer?.data()).toEqual({
      tenantId: 'acme',
      uid: account.uid,
      accountId: account.accountId,
      seq: 2,
    });
    expect(command?.data()).toMatchObject({ requestHash: 'hash of k1', seq: 2 });
  });

  it('writes nothing when one of its documents cannot be written', async () => {
    await commitTo(store, account, [opened(account)]);
    const inTheWay = paths.outboxPointer(account.accountId, 2);
    expect(inTheWay).toContain(
      `outbox/${shardOf(account.accountId, outboxShards).toString().padStart(2, '0')}`,
    );
    await cloud.firestore.doc(inTheWay).create({});
    expect(await commitTo(store, account, [adopted('p1')])).toEqual({ status: 'contended' });
    expect((await journal()).map(({ commit }) => commit.seq)).toEqual([1]);
    expect((await get(paths.account(account))).data()).toMatchObject({ version: 1, openPositionIds: [] });
    expect((await get(paths.openPosition(account.uid, 'p1'))).exists).toBe(false);
    await cloud.firestore.doc(inTheWay).delete();
    expect(await commitTo(store, account, [adopted('p1')])).toMatchObject({ status: 'committed' });
  });

  it('commits nothing that Firestore has no value for, names the field, and goes on', async () => {
    await commitTo(store, account, [opened(account)]);
    const deposit = {
      type: 'FundsDeposited',
      currency: 'USDT',
      amount: '1',
      actor: 'test',
      reason: '',
    } as const;
    const wrong = Object.assign({ ...deposit }, { reason: undefined });
    await expect(commitTo(store, account, [wrong])).rejects.toThrow(
      new UnstorableValueError(
        `cannot store ${paths.journalEntry(account, 2)}: events[0].reason: it is undefined`,
      ),
    );
    expect(await commitTo(store, account, [resumed])).toMatchObject({ stored: { commit: { seq: 2 } } });
  });

  it('never writes over a journal entry', async () => {
    await commitTo(store, account, [opened(account)]);
    const entry = cloud.firestore.doc(paths.journalEntry(account, 2));
    const first = (await readCommit(cloud.firestore, account, 1))?.commit;
    await entry.create({ ...first, seq: 2, commitId: 'of another' });
    expect(await commitTo(store, account, [resumed])).toEqual({ status: 'contended' });
    expect((await entry.get()).get('commitId')).toBe('of another');
  });

  it('does not write over state that is not what it decided on, and loads it anew', async () => {
    await commitTo(store, account, [opened(account)]);
    await cloud.firestore.doc(paths.account(account)).update({ cash: { USDT: '5' } });
    expect(await commitTo(store, account, [resumed])).toEqual({ status: 'contended' });
    expect(await journal()).toHaveLength(1);
    expect(await commitTo(store, account, [resumed])).toMatchObject({ account: { cash: { USDT: '5' } } });
  });

  it('makes sure with the first commit that tenant, membership and user exist', async () => {
    await commitTo(store, account, [opened(account)]);
    const { tenant, uid } = account;
    expect((await get(paths.tenant(tenant))).data()).toMatchObject({ tenantId: tenant });
    expect((await get(paths.membership(tenant, uid))).data()).toMatchObject({ uid, role: 'owner' });
    expect((await get(paths.user(uid))).data()).toMatchObject({ uid, tenantId: tenant });
  });

  it('keeps a closed position for a week', async () => {
    const early = storeOn(cloud, { clock: { now: () => 1_000 } });
    await commitTo(early, account, [opened(account), adopted('p1')], { positionIds: ['p1'] });
    await commitTo(early, account, [closed('p1')], { positionIds: ['p1'] });
    const document = await get(paths.openPosition(account.uid, 'p1'));
    expect(readDocument<PositionDocument>(document)?.details.status).toBe('closed');
    expect(document.get('expireAt')).toEqual(Timestamp.fromMillis(1_000 + 7 * 24 * 3_600_000));
  });

  it('keeps with a position which orders would make it smaller, until one of them ends', async () => {
    const { symbol, contract, priceSource, broker } = positionTerms('p1');
    const orderId = `${account.accountId}.o1`;
    const order: OrderTerms = {
      id: orderId,
      positionId: 'p1',
      symbol,
      side: 'sell',
      how: { kind: 'limit', limitPrice: '120' },
      quantity: '1',
      timeInForce: 'gtc',
      purpose: { kind: 'reduce' },
      contract,
      priceSource,
      broker,
      armedFrom: { at: 0 },
      placedAt: 0,
    };
    const reducing = async () =>
      readDocument<PositionDocument>(await get(paths.openPosition(account.uid, 'p1')))?.details.reducing;
    await commitTo(store, account, [opened(account), adopted('p1'), { type: 'OrderPlaced', order }]);
    expect(await reducing()).toEqual([orderId]);
    const by = { actor: 'test', reason: '' };
    const ended = { type: 'OrderCancelled', of: 'order', orderId, symbol, positionId: 'p1', by } as const;
    await commitTo(storeOn(cloud), account, [ended], { orderIds: [orderId], positionIds: ['p1'] });
    expect(await reducing()).toEqual([]);
    // The first follows, and writes the position on top of that.
    expect(await commitTo(store, account, [closed('p1')])).toEqual({ status: 'contended' });
    expect(await commitTo(store, account, [closed('p1')])).toMatchObject({ status: 'committed' });
    expect((await journal()).map(({ commit }) => commit.events.length)).toEqual([3, 1, 1]);
  });

  it('chains its journal by hashes that anyone can recompute', async () => {
    for (const events of [[opened(account)], [resumed], [adopted('p1')], [halted], [resumed]])
      await commitTo(store, account, events);
    const { docs } = await cloud.firestore.collection(paths.journal(account)).orderBy('__name__').get();
    let previousHash = '';
    for (const [index, document] of docs.entries()) {
      const { hash, ...unhashed } = document.data();
      expect(unhashed).toMatchObject({ seq: index + 1, previousHash });
      expect(hashStored(unhashed)).toBe(hash);
      previousHash = String(hash);
    }
    expect(docs).toHaveLength(5);
    expect((await get(paths.account(account))).get('headHash')).toBe(previousHash);
  });

  it('loses no commit of two writers and doubles none', async () => {
    const writers = [store, storeOn(cloud)];
    await commitTo(store, account, [opened(account)]);
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const position = adopted(`p${i}`);
        for (let status = ''; status !== 'committed';)
          ({ status } = await commitTo(writers[i % 2]!, account, [position], byCommand(`k${i}`)));
      }),
    );
    const entries = (await journal()).map(({ commit }) => commit);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
    const adoptions = entries.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'PositionAdopted' ? [event.position.id] : [])),
    );
    const all = Array.from({ length: 100 }, (_, i) => `p${i}`).toSorted();
    expect(adoptions.toSorted()).toEqual(all);
    const head = readDocument<AccountDocument>(await get(paths.account(account)));
    expect(head?.openPositionIds.toSorted()).toEqual(all);
    expect(head).toMatchObject({ version: 101, headHash: entries.at(-1)?.hash });
  });

  it('reads nothing for a warm account, and each document once for a cold one', async () => {
    await commitTo(store, account, [opened(account), adopted('p1')], { positionIds: ['p1'] });
    const close = { positionIds: ['p1'] };
    expect(await costOf('reads', async () => commitTo(store, account, [resumed], close))).toBe(0);
    const cold = storeOn(cloud);
    expect(await costOf('reads', async () => commitTo(cold, account, [closed('p1')], close))).toBe(2);
    expect(await costOf('reads', async () => commitTo(cold, account, [halted], close))).toBe(0);
  });

  it('costs one write for each document', async () => {
    await commitTo(store, account, [opened(account), adopted('p1')], { positionIds: ['p1'] });
    const close = async () => commitTo(store, account, [closed('p1')], { positionIds: ['p1'] });
    expect(await costOf('writes', close)).toBe(4);
  });

  describe('under the key of a command', () => {
    beforeEach(async () => {
      await commitTo(store, account, [opened(account)], byCommand('open'));
      await commitTo(store, account, [resumed], byCommand('k'));
      await commitTo(store, account, [adopted('p1')], byCommand('later'));
    });
    it.each<[string, CommitDecision]>([
      ['would commit again', () => ({ events: [halted] })],
      ['changes nothing now', () => ({ events: [] })],
      ['is refused now', () => ({ refusal: 'EXISTS' })],
    ])('answers the stored sequence to a repeat that %s', async (_what, decide) => {
      for (const [, each] of stores())
        expect(await each.commit(account, { ...byCommand('k'), traceparent: '', decide })).toEqual({
          status: 'repeated',
          seq: 2,
        });
      expect(await journal()).toHaveLength(3);
    });

    it.each<[string, CommitDecision]>([
      ['would commit', () => ({ events: [halted] })],
      ['changes nothing', () => ({ events: [] })],
      ['is refused', () => ({ refusal: 'EXISTS' })],
    ])('tells that the key was used for other content by what %s', async (_what, decide) => {
      for (const [, each] of stores())
        expect(
          await each.commit(account, { ...byCommand('k'), requestHash: 'other', traceparent: '', decide }),
        ).toEqual({ status: 'keyReused' });
      expect(await journal()).toHaveLength(3);
    });

    it('may be several commits: only the last is recorded, and none is made once that is', async () => {
      const part = { ...byCommand('parts'), isPart: true } as const;
      expect(await store.commit(account, { ...part, ...deciding(halted) })).toMatchObject({
        status: 'committed',
      });
      expect(await store.commit(account, { ...part, ...deciding(resumed) })).toMatchObject({
        status: 'committed',
      });
      const last = { ...byCommand('parts'), ...deciding(halted) };
      expect(await store.commit(account, last)).toMatchObject({ status: 'committed' });
      for (const [, each] of stores())
        expect(await each.commit(account, { ...part, ...deciding(resumed) })).toEqual({
          status: 'repeated',
          seq: 6,
        });
      const other = { ...part, requestHash: 'other', ...deciding(resumed) };
      expect(await store.commit(account, other)).toEqual({ status: 'keyReused' });
      expect(await journal()).toHaveLength(6);
    });
  });

  describe('that another process has changed', () => {
    it('decides anew before it refuses for what was true before', async () => {
      const other = storeOn(cloud);
      expect(await adoptBy(store, 'p1')).toMatchObject({ refusal: { reason: 'NO_ACCOUNT' } });
      await commitTo(other, account, [opened(account)]);
      expect(await adoptBy(store, 'p1')).toMatchObject({ status: 'committed' });
      expect(await adoptBy(other, 'p1')).toEqual({ status: 'repeated', seq: 2 });
    });

    it('finds a position that was adopted after it had looked for it', async () => {
      const other = storeOn(cloud);
      await commitTo(store, account, [opened(account)], { positionIds: ['p1'] });
      await adoptBy(other, 'p1');
      const seen: (string | undefined)[] = [];
      const outcome = await store.commit(account, {
        cause: byCommand('x').cause,
        traceparent: '',
        positionIds: ['p1'],
        decide: (image) => {
          seen.push(image.positions.get('p1')?.status);
          return image.positions.has('p1') ? { events: [closed('p1')] } : { events: [] };
        },
      });
      expect(seen).toEqual([undefined, 'open']);
      expect(outcome).toMatchObject({ status: 'committed', stored: { commit: { seq: 3 } } });
    });

    it('decides on no document of a later commit than the account, and folds no event into one twice', async () => {
      const fee = { events: [funded('p1', '-1')] };
      const other = storeOn(cloud);
      await commitTo(other, account, [opened(account), adopted('p1')], { positionIds: ['p1'] });
      await commitTo(store, account, [resumed]);
      await commitTo(storeOn(cloud), account, fee.events, { positionIds: ['p1'] });
      const seen: [number, string | undefined][] = [];
      for (let status = ''; status !== 'committed';)
        ({ status } = await store.commit(account, {
          cause: byFrame,
          traceparent: '',
          positionIds: ['p1'],
          decide: (image, _isOpen, version) => {
            seen.push([version, image.positions.get('p1')?.funding]);
            return fee;
          },
        }));
      expect(seen).toEqual([[3, '-1']]);
      const stored = readDocument<PositionDocument>(await get(paths.openPosition(account.uid, 'p1')));
      expect(stored?.details.funding).toBe('-2');
    });

    it('decides nothing where a document stays ahead of its account, and says what mends it', async () => {
      await commitTo(storeOn(cloud), account, [opened(account), adopted('p1')], { positionIds: ['p1'] });
      const position = cloud.firestore.doc(paths.openPosition(account.uid, 'p1'));
      await position.update({ version: 7 });
      const close = async () => commitTo(store, account, [closed('p1')], { positionIds: ['p1'] });
      await expect(close()).rejects.toThrow(
        `documents of ${account.accountId} are of later commits than the account: see \`bellwether rebuild\``,
      );
      expect(await journal()).toHaveLength(1);
      await position.update({ version: 1 });
      expect(await close()).toMatchObject({ status: 'committed' });
    });

    it('sees what stands in the way of its commit when it is asked again, whether it looked for it or not', async () => {
      const adoptedOnce = { positionIds: ['p1'] };
      await commitTo(storeOn(cloud), account, [opened(account), adopted('p1')], adoptedOnce);
      const adopt = async (each: AccountStore) =>
        each.commit(account, {
          cause: byFrame,
          traceparent: '',
          decide: (image) =>
            image.positions.has('p1') ? { refusal: 'EXISTS' } : { events: [adopted('p1')] },
        });
      expect(await adopt(store)).toEqual({ status: 'contended' });
      expect(await adopt(store)).toEqual({ status: 'refused', refusal: 'EXISTS' });
    });

    it('answers contended, and decides on the head when it is asked again', async () => {
      const other = storeOn(cloud);
      await commitTo(store, account, [opened(account)]);
      await commitTo(other, account, [resumed]);
      expect(await commitTo(store, account, [halted])).toEqual({ status: 'contended' });
      let trading = '';
      await store.commit(account, {
        cause: byCommand('x').cause,
        traceparent: '',
        decide: (image) => {
          ({ trading } = image);
          return { events: [halted] };
        },
      });
      expect(trading).toBe('active');
      expect((await readCommit(cloud.firestore, account, 3))?.commit.events).toEqual([halted]);
    });
  });

  it('refuses a journal entry that would be too large, before it is sent', async () => {
    await commitTo(store, account, [opened(account)]);
    const tooLong = { type: 'TradingHalted', actor: 'test', reason: 'ä'.repeat(101 * 1024) } as const;
    await expect(commitTo(store, account, [tooLong])).rejects.toThrow(DocumentTooLargeError);
    expect(await journal()).toHaveLength(1);
    expect(await commitTo(store, account, [resumed])).toMatchObject({ stored: { commit: { seq: 2 } } });
  });

  it('refuses an account document that would be too large', async () => {
    await commitTo(store, account, [opened(account)]);
    const adoptFrom = async (first: number) =>
      commitTo(
        store,
        account,
        Array.from({ length: 300 }, (_, i) => adopted(`${first + i}`.padStart(250, 'x'))),
      );
    for (const first of [0, 300, 600]) await adoptFrom(first);
    await expect(adoptFrom(900)).rejects.toThrow(/the account would be \d+ bytes/);
    expect(await journal()).toHaveLength(4);
  });
});

type CommitDecision = () => { events: (typeof halted)[] } | { refusal: string };

function deciding(...events: AccountEvent[]) {
  return { traceparent: '', decide: () => ({ events }) };
}
