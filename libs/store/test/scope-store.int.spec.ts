import { type ScopeEvent, type ScopeRef, paths, scopeId, systemScope } from '@bellwether/contracts';
import { systemClock, systemIds } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outbox, ScopeStore, hashCommit, readScopeCommits } from '../src/index.ts';
import { byCommand, byFrame, logger } from './store.builder.ts';
import { UnclearFirestore, appliedThen, lostWith, unavailable } from './unclear-firestore.ts';

const place = { shard: 0, epoch: 'e', frame: 1, index: 0, ordinal: 0 };
const paused = (symbol: string): ScopeEvent => ({
  type: 'SymbolPaused',
  symbol,
  health: 'stale',
  reason: 'silent',
  since: 1,
  place,
});

const system = systemScope;
const tenant: ScopeRef = { kind: 'tenant', tenant: 'acme' };

describe('the journals of scopes', () => {
  let cloud: TestCloud;
  let firestore: UnclearFirestore;
  let store: ScopeStore;
  beforeAll(async () => {
    cloud = await startTestCloud();
    firestore = new UnclearFirestore(cloud.environment);
    store = new ScopeStore({ firestore, clock: systemClock, ids: systemIds, logger });
  });
  afterAll(async () => {
    await firestore.terminate();
    await cloud.close();
  });

  const journal = async (scope: ScopeRef) =>
    (await readScopeCommits(cloud.firestore, scope)).map(({ commit }) => commit);
  const commit = async (scope: ScopeRef, symbol: string, parts = {}) =>
    store.commit<never>(scope, {
      cause: byFrame,
      traceparent: 'trace',
      decide: () => ({ events: [paused(symbol)] }),
      ...parts,
    });

  it('are gapless, chained by hash, and each its own; every entry has its pointer', async () => {
    for (const symbol of ['A', 'B', 'C']) await commit(system, symbol);
    await commit(tenant, 'D');
    for (const [scope, symbols] of [
      [system, ['A', 'B', 'C']],
      [tenant, ['D']],
    ] as const) {
      let previousHash = '';
      const found = await journal(scope);
      expect(found.flatMap(({ events }) => events.map(symbolOf))).toEqual(symbols);
      for (const [i, { hash, ...rest }] of found.entries()) {
        expect(rest).toMatchObject({ scope, seq: i + 1, previousHash });
        expect(hashCommit(rest)).toBe(hash);
        previousHash = hash;
      }
      const head = await cloud.firestore.doc(paths.scopeHead(scope)).get();
      expect(head.data()).toEqual({ scope, version: symbols.length, headHash: previousHash });
    }
    const pending = await new Outbox(cloud.firestore).pending();
    const named = pending.map((each) => ('scope' in each ? `${scopeId(each.scope)}:${each.seq}` : ''));
    expect(named.toSorted()).toEqual(['system:1', 'system:2', 'system:3', 'tenant:acme:1']);
    await new Outbox(cloud.firestore).settle(pending);
    expect(await new Outbox(cloud.firestore).pending()).toEqual([]);
  });

  it('lose nothing to many writers in many processes at once', async () => {
    const before = (await journal(tenant)).length;
    const others = Array.from(
      { length: 3 },
      () => new ScopeStore({ firestore: cloud.firestore, clock: systemClock, ids: systemIds, logger }),
    );
    const outcomes = await Promise.all(
      others.flatMap((other, writer) =>
        Array.from({ length: 4 }, async (_, i) => {
          for (;;) {
            const outcome = await other.commit<never>(tenant, {
              cause: byFrame,
              traceparent: '',
              decide: () => ({ events: [paused(`W${writer}-${i}`)] }),
            });
            if (outcome.status !== 'contended') return outcome.status;
          }
        }),
      ),
    );
    expect(outcomes).toEqual(Array.from({ length: 12 }, () => 'committed'));
    const found = (await journal(tenant)).slice(before);
    expect(new Set(found.flatMap(({ events }) => events.map(symbolOf))).size).toBe(12);
    expect(found.map(({ seq }) => seq)).toEqual(found.map((_, i) => before + 1 + i));
  });

  it('change documents with the entry that they follow from, decided on as they stand', async () => {
    const path = 'ops_symbols/SPY';
    const count = async () =>
      store.commit<never>(system, {
        cause: byFrame,
        traceparent: '',
        documents: [path],
        decide: (found, seq) => ({
          events: [paused('SPY')],
          documents: new Map([[path, { seq, before: found.get(path) === undefined ? 'none' : 'some' }]]),
        }),
      });
    await count();
    await count();
    expect((await cloud.firestore.doc(path).get()).data()).toEqual({
      seq: (await journal(system)).length,
      before: 'some',
    });
  });

  it('refuse to change a document that the decision did not ask for', async () => {
    const documents = new Map([['ops_symbols/QQQ', {}]]);
    await expect(
      commit(system, 'QQQ', { decide: () => ({ events: [paused('QQQ')], documents }) }),
    ).rejects.toThrow('without having been asked for');
  });

  it('commit a command once by its key', async () => {
    const first = await commit(tenant, 'K', byCommand('halt'));
    expect(first.status).toBe('committed');
    const seq = first.status === 'committed' ? first.stored.commit.seq : 0;
    expect(await commit(tenant, 'K', byCommand('halt'))).toEqual({ status: 'repeated', seq });
    expect(await commit(tenant, 'K', { ...byCommand('halt'), requestHash: 'other' })).toEqual({
      status: 'keyReused',
    });
  });

  it('keep the key of a command that had nothing to change: it changes nothing when it comes again', async () => {
    const before = await journal(tenant);
    const nothing = { decide: () => ({ events: [] }) };
    expect(await commit(tenant, 'K', { ...byCommand('resume'), ...nothing })).toEqual({
      status: 'unchanged',
    });
    expect(await commit(tenant, 'K', byCommand('resume'))).toEqual({
      status: 'repeated',
      seq: before.at(-1)?.seq,
    });
    expect(await commit(tenant, 'K', { ...byCommand('resume'), requestHash: 'other' })).toEqual({
      status: 'keyReused',
    });
    expect(await journal(tenant)).toEqual(before);
    const twice = [1, 2].map(async () => commit(system, 'K', { ...byCommand('both'), ...nothing }));
    const statuses = (await Promise.all(twice)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(['repeated', 'unchanged']);
  });

  it('keep nothing of a decision without events, and hand back a refusal', async () => {
    const before = await journal(system);
    expect(await commit(system, 'X', { decide: () => ({ events: [] }) })).toEqual({ status: 'unchanged' });
    expect(
      await store.commit(system, { cause: byFrame, traceparent: '', decide: () => ({ refusal: 'no' }) }),
    ).toEqual({ status: 'refused', refusal: 'no' });
    expect(await journal(system)).toEqual(before);
  });

  it.each([
    ['applied, its answer lost', appliedThen(unavailable)],
    ['applied, and then refused when the client sent it again', appliedThen(6)],
    ['lost on its way', lostWith(unavailable)],
    ['contended', lostWith(10)],
  ])('have an entry once when its commit was %s', async (_, fault) => {
    const before = (await journal(system)).length;
    firestore.faults.push(fault);
    firestore.readsThatFail = 2;
    expect(await commit(system, 'F')).toMatchObject({ status: 'committed' });
    expect(await journal(system)).toHaveLength(before + 1);
  });
});

function symbolOf(event: ScopeEvent): string | undefined {
  return 'symbol' in event ? event.symbol : undefined;
}
