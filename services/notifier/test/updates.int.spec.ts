import { provisionTopology } from '@bellwether/bus';
import { type AlertRuleDocument, type DeliveryDocument, paths, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startNotifier } from '../src/index.ts';
import { closed, opened } from '../src/notices/notice.builder.ts';
import { Journal } from './journal.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(30_000);
const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
let cloud: TestCloud;
let notifier: RunningService;

beforeAll(async () => {
  cloud = await startTestCloud({ indexesFile });
  await provisionTopology(cloud.pubsub, topologyOf(1));
  notifier = await startNotifier(cloud.environment, createLogger({ service: 'notifier', level: 'silent' }));
});
afterAll(async () => {
  await notifier.close();
  await cloud.close();
});

interface Message {
  readonly id: string;
  readonly content: string;
  readonly edited_timestamp: string | null;
}

async function messagesOf(webhookId: string): Promise<Message[]> {
  const answer = await fetch(`http://${cloud.hosts.discord}/log?webhook_id=${webhookId}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the sink says
  const { messages } = (await answer.json()) as { messages: Message[] };
  return messages;
}

/** The deliveries of alerts, once so many of them are sent; those of edits beside them are none. */
async function sent({ tenant }: Journal, count: number): Promise<DeliveryDocument[]> {
  return eventually(async () => {
    const found = await deliveriesOf(cloud, { tenant });
    const all = found.filter(({ isAmendment }) => isAmendment !== true);
    return all.filter(({ status }) => status === 'sent').length === count && all;
  });
}

async function withRule(
  journal: Journal,
  webhookId: string,
  updates: AlertRuleDocument['updates'],
): Promise<void> {
  await journal.openChannel('discord', webhookId);
  const rule: AlertRuleDocument = { order: 1, delivery: 'on', ...(updates === undefined ? {} : { updates }) };
  await cloud.firestore.doc(paths.rule(journal.tenant, 'all')).set(rule);
}

const opening = '[SHADOW] BTC-USDT long opened: 0.5 at 178.2';
const closing = '[SHADOW] BTC-USDT long closed by stop -42.1 USDT';

describe('the message of an opening', () => {
  it('says that the position is closed, which is told, too', async () => {
    const journal = new Journal(cloud, 'both');
    await withRule(journal, '500001', undefined);
    await journal.commit(opened());
    await sent(journal, 1);
    expect(await messagesOf('500001')).toMatchObject([{ content: opening, edited_timestamp: null }]);
    await journal.commit(closed());
    await sent(journal, 2);
    const messages = await eventually(async () => {
      const found = await messagesOf('500001');
      return found[0]?.edited_timestamp !== null && found;
    });
    expect(messages.map(({ content }) => content)).toEqual([closing, closing]);
  });

  it('is all that says it where a rule wants no more, and a new message where it is gone', async () => {
    const journal = new Journal(cloud, 'edit');
    await withRule(journal, '500002', 'edit');
    await journal.commit(opened());
    const [alert] = await sent(journal, 1);
    await journal.commit(closed());
    const all = await sent(journal, 2);
    expect(await messagesOf('500002')).toMatchObject([{ content: closing }]);
    expect(new Set(all.map(({ messageId }) => messageId))).toEqual(new Set([alert?.messageId]));

    await journal.commit(opened({ id: 'p2' }));
    const second = (await sent(journal, 3)).find(({ subjectId }) => subjectId === 'p2');
    const webhook = `webhooks/500002/token-of-${journal.tenant}`;
    const deleted = await fetch(
      `http://${cloud.hosts.discord}/api/v10/${webhook}/messages/${second?.messageId ?? ''}`,
      { method: 'DELETE' },
    );
    expect(deleted.status).toBe(204);
    await journal.commit(closed({ positionId: 'p2' }));
    await sent(journal, 4);
    expect(await messagesOf('500002')).toMatchObject([{ content: closing }, { content: closing }]);
  });

  it('stays as it is where it told of others, too, or a rule says so', async () => {
    const shared = new Journal(cloud, 'shared');
    await withRule(shared, '500003', 'edit');
    await shared.commit(opened(), opened({ id: 'p2' }), opened({ id: 'p3' }), opened({ id: 'p4' }));
    const before = await sent(shared, 4);
    const [other] = before.filter(({ isAlone }) => isAlone !== true);
    if (other === undefined) throw new Error('four alerts at once were four messages');
    await shared.commit(closed({ positionId: other.subjectId }));
    await sent(shared, 5);
    const [last] = (await messagesOf('500003')).slice(-1);
    expect(last).toMatchObject({ content: closing });

    const none = new Journal(cloud, 'none');
    await withRule(none, '500004', 'none');
    await none.commit(opened());
    await sent(none, 1);
    await none.commit(closed());
    await sent(none, 2);
    expect((await messagesOf('500004')).map(({ content }) => content)).toEqual([opening, closing]);
  });

  it('says that the position is closed also where a digest tells of that', async () => {
    const journal = new Journal(cloud, 'digest');
    await journal.openChannel('discord', '500005');
    const ids = ['p1', 'p2', 'p3', 'p4', 'p5'];
    const rule: AlertRuleDocument = {
      order: 1,
      delivery: 'on',
      eventTypes: ['PositionClosed'],
      grouping: { seconds: 1, after: 0 },
    };
    await cloud.firestore.doc(paths.rule(journal.tenant, 'closes')).set(rule);
    for (const [index, id] of ids.entries()) {
      await journal.commit(opened({ id }));
      await sent(journal, index + 1);
    }
    await journal.commit(...ids.map((positionId) => closed({ positionId })));
    const messages = await eventually(
      async () => {
        const found = await messagesOf('500005');
        return found.filter(({ edited_timestamp: at }) => at !== null).length === ids.length && found;
      },
      { timeoutMs: 80_000 },
    );
    expect(messages.slice(0, 5).map(({ content }) => content)).toEqual(ids.map(() => closing));
    expect(messages.slice(5).map(({ content }) => content)).toEqual([
      '[SHADOW] 5 alerts: closed 5, -210.5 USDT',
    ]);
  }, 120_000);
});
