import { provisionTopology } from '@bellwether/bus';
import {
  type ScopeCommit,
  type ScopeRef,
  paths,
  scopeAttributes,
  systemScope,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startNotifier } from '../src/index.ts';
import { differed, paused, scopeCommitOf } from '../src/scopes/scope.builder.ts';
import { Journal } from './journal.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(30_000);
const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
let cloud: TestCloud;
let notifier: RunningService;
const seqs = new Map<string, number>();

beforeAll(async () => {
  cloud = await startTestCloud({ indexesFile });
  await provisionTopology(cloud.pubsub, topologyOf(1));
  for (const tenant of ['red', 'blue', 'idle'])
    await cloud.firestore.doc(paths.tenant(tenant)).set({ tenantId: tenant, status: 'active' });
  for (const tenant of ['red', 'blue', 'idle', 'operators'])
    await cloud.firestore.doc(paths.channel(tenant, 'discord')).set({
      kind: 'discordWebhook',
      webhookId: '400001',
      webhookToken: `token-of-${tenant}`,
      status: 'active',
    });
  notifier = await startNotifier(
    { ...cloud.environment, ALARMS_EVERY_MS: '200' },
    createLogger({ service: 'notifier', level: 'silent' }),
  );
});
afterAll(async () => {
  await notifier.close();
  await cloud.close();
});

async function commit(scope: ScopeRef, ...events: ScopeCommit['events']): Promise<ScopeCommit> {
  const path = paths.scopeHead(scope);
  const seq = (seqs.get(path) ?? 0) + 1;
  seqs.set(path, seq);
  const stored = scopeCommitOf(scope, events, seq);
  await cloud.firestore.doc(paths.scopeJournalEntry(scope, seq)).create(stored);
  await publish(stored);
  return stored;
}

async function publish(stored: ScopeCommit): Promise<void> {
  const data = Buffer.from(JSON.stringify(stored));
  await cloud.pubsub.topic('events').publishMessage({ data, attributes: scopeAttributes(stored) });
}

/** Who has been told of what of that type, when so many deliveries of it are over. */
async function told(eventType: string, count: number): Promise<string[]> {
  return eventually(async () => {
    const tenants = ['red', 'blue', 'idle', 'operators'];
    const found = await Promise.all(
      tenants.map(async (tenant) => {
        const all = await deliveriesOf(cloud, { tenant });
        return all
          .filter((delivery) => delivery.eventType === eventType && delivery.status === 'sent')
          .map(({ subjectId }) => `${tenant}: ${subjectId}`);
      }),
    );
    const all = found.flat();
    return all.length === count && all;
  });
}

const armed = (tenantId: string, status: string) => ({ tenantId, symbol: 'SPY', details: { status } });

describe('what happens to more than an account', () => {
  it('is told once for each tenant, not for each account that follows', async () => {
    const by = { actor: 'ann', reason: 'maintenance' };
    const halt = await commit(systemScope, { type: 'TradingHalted', ...by });
    const followed: AccountEvent = { type: 'TradingHalted', ...by, scope: 'global', scopeSeq: 1 };
    for (const name of ['one', 'two']) {
      const journal = new Journal(cloud, name);
      await journal.openChannel();
      await journal.commit(followed);
    }
    await publish(halt);
    expect(await told('TradingHalted', 4)).toEqual([
      'red: system',
      'blue: system',
      'idle: system',
      'operators: system',
    ]);
    await commit({ kind: 'tenant', tenant: 'blue' }, { type: 'TradingResumed', ...by });
    expect(await told('TradingResumed', 1)).toEqual(['blue: tenant:blue']);
  });

  it('is told to tenants that have something open or armed in a symbol that pauses', async () => {
    await cloud.firestore.doc(paths.openPosition('ann', 'p1')).set(armed('red', 'open'));
    await cloud.firestore.doc(paths.tradeTrigger('bob', 'g1')).set(armed('blue', 'active'));
    await cloud.firestore.doc(paths.openPosition('cyd', 'p1')).set(armed('idle', 'closed'));
    await commit(systemScope, paused('SPY'));
    expect(await told('SymbolPaused', 3)).toEqual(['red: SPY', 'blue: SPY', 'operators: SPY']);
  });

  it('is told to operators whole where it does not add up, and to a tenant of its accounts alone', async () => {
    await cloud.firestore.doc(paths.user('ann')).set({ uid: 'ann', tenantId: 'red' });
    await commit(systemScope, differed('ann.main', 'nobody.main'));
    expect(await told('ReconciliationDiffered', 2)).toEqual(['red: ann.main', 'operators: verification']);
  });
});

describe('what operators look after', () => {
  it('is told to them: dead letters, quarantine, dead alerts, and writes that are held back', async () => {
    await cloud.pubsub.topic(topics.deadLetters('ledger.events')).publishMessage({
      data: Buffer.from('{'),
      attributes: { CloudPubSubDeadLetterSourceSubscription: 'ledger.events', 'ce-id': 'u.main:1' },
    });
    expect(await told('MessageDead', 1)).toEqual(['operators: ledger.events']);
    const quarantined = { consumer: 'ledger.events', reason: 'no JSON', publishedAt: 1, isCut: false };
    await cloud.firestore
      .doc(paths.quarantine('ledger.events', '1'))
      .set({ ...quarantined, attributes: {}, data: Buffer.from('{') });
    const dead = { status: 'dead', shard: 3, diedAt: 1, eventType: 'PositionClosed', channelId: 'discord' };
    await cloud.firestore.doc(paths.delivery('red', 'u.main:0000000001:0', 'discord')).set(dead);
    const report = {
      state: 'shedsBackground',
      waiting: 3,
      profile: 'default',
      exhausted: 1,
      shed: 0,
      reportedAt: 1,
    };
    await cloud.firestore.doc(paths.batchPerformance()).set({ processes: { ledger: report } });
    const raised = await told('AlarmRaised', 3);
    expect(raised.toSorted()).toEqual([
      'operators: dead-alerts',
      'operators: quarantine',
      'operators: writes-ledger',
    ]);
    await cloud.firestore
      .doc(paths.batchPerformance())
      .set({ processes: { ledger: { ...report, state: 'closed' } } });
    expect(await told('AlarmCleared', 1)).toEqual(['operators: writes-ledger']);
  });
});
