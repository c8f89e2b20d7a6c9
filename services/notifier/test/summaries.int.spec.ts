import { provisionTopology } from '@bellwether/bus';
import { type LedgerTradeDocument, type SummaryDocument, paths, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startNotifier } from '../src/index.ts';
import { lastDuePeriod } from '../src/summaries/summary-period.ts';
import { Journal } from './journal.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(30_000);
const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
let cloud: TestCloud;
const running: RunningService[] = [];

beforeAll(async () => {
  cloud = await startTestCloud({ indexesFile });
  await provisionTopology(cloud.pubsub, topologyOf(1));
});
afterAll(async () => {
  for (const service of running) await service.close();
  await cloud.close();
});

async function start(): Promise<void> {
  const environment = { ...cloud.environment, SUMMARIES_EVERY_MS: '200' };
  running.push(await startNotifier(environment, createLogger({ service: 'notifier', level: 'silent' })));
}

interface Message {
  readonly content: string;
  readonly embeds: readonly { readonly image?: { readonly url: string } }[];
  readonly attachments: readonly {
    readonly filename: string;
    readonly size: number;
    readonly content_type: string;
  }[];
}

async function messagesOf(webhookId: string): Promise<Message[]> {
  const answer = await fetch(`http://${cloud.hosts.discord}/log?webhook_id=${webhookId}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the sink says
  const { messages } = (await answer.json()) as { messages: Message[] };
  return messages;
}

function trade(eventId: string, changes: Partial<LedgerTradeDocument>): LedgerTradeDocument {
  return {
    eventId,
    bookedAs: eventId,
    shard: 3,
    accountId: 'ann.main',
    uid: 'ann',
    seq: 1,
    positionId: 'p1',
    orderId: 'o1',
    symbol: 'SPY',
    side: 'sell',
    positionSide: 'long',
    effect: 'close',
    quantity: '1',
    price: '1',
    currency: 'USD',
    proceeds: '1',
    fee: '0.25',
    feeCurrency: 'USD',
    realizedPnl: '0',
    broker: 'shadow',
    tradedAt: 1,
    ...changes,
  };
}

describe('a summary of the day', () => {
  it('is told once with a picture, from the books, by whichever notifier comes first', async () => {
    const journal = new Journal(cloud, 'daily');
    const { tenant } = journal;
    await journal.openChannel('discord', '600001');
    const wanted: SummaryDocument = { isActive: true, period: 'day', zone: 'UTC', at: '00:00', since: 0 };
    const { from, first } = lastDuePeriod(wanted, Date.now());
    for (const [index, realizedPnl] of ['10.5', '-3', '4'].entries()) {
      const id = `ann.main:000000000${index}:0`;
      const tradedAt = from + index * 3_600_000;
      await cloud.firestore.doc(paths.ledgerTrade(tenant, id)).set(trade(id, { realizedPnl, tradedAt }));
    }
    const outside = trade('ann.main:0000000009:0', { realizedPnl: '1000', tradedAt: from - 1 });
    await cloud.firestore.doc(paths.ledgerTrade(tenant, outside.eventId)).set(outside);
    await cloud.firestore.doc(paths.summary(tenant, 'nonsense')).set({ isActive: true, period: 'year' });
    await cloud.firestore.doc(paths.summary(tenant, 'daily')).set(wanted);
    await Promise.all([start(), start()]);
    const deliveries = await eventually(async () => {
      const all = await deliveriesOf(cloud, { tenant });
      return all.some(({ status }) => status === 'sent') && all;
    });
    expect(deliveries).toMatchObject([
      {
        eventId: `summary:daily:${first}`,
        eventType: 'DaySummarized',
        status: 'sent',
        possibleRepeat: false,
      },
    ]);
    const messages = await messagesOf('600001');
    expect(messages).toMatchObject([
      {
        content: `[SHADOW] Day ${first}: +10.75 USD, 3 closed`,
        embeds: [{ image: { url: expect.stringContaining('/chart-0.png?') } }],
        attachments: [{ filename: 'chart-0.png', content_type: 'image/png' }],
      },
    ]);
    expect(messages[0]?.attachments[0]?.size).toBeGreaterThan(500);
  });
});
