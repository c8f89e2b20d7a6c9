import { provisionTopology } from '@bellwether/bus';
import { type AlertRuleDocument, paths, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startNotifier } from '../src/index.ts';
import { closed, fired, halted } from '../src/notices/notice.builder.ts';
import { Journal } from './journal.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(30_000);
let cloud: TestCloud;
let notifier: RunningService;

beforeAll(async () => {
  cloud = await startTestCloud();
  await provisionTopology(cloud.pubsub, topologyOf(1));
  notifier = await startNotifier(cloud.environment, createLogger({ service: 'notifier', level: 'silent' }));
});
afterAll(async () => {
  await notifier.close();
  await cloud.close();
});

const hour = (at: number): string => `${String(new Date(at).getUTCHours()).padStart(2, '0')}:00`;

describe('the rules of a tenant', () => {
  it('say what is sent, silent, off, and what waits for the end of quiet hours', async () => {
    const journal = new Journal(cloud, 'rules');
    await journal.openChannel();
    const now = Date.now();
    const quietHours = { from: hour(now - 7_200_000), to: hour(now + 7_200_000), zone: 'UTC' };
    const rules: Record<string, AlertRuleDocument> = {
      losses: { order: 1, severities: ['warning'], symbols: ['BTC-USDT'], delivery: 'off' },
      gains: { order: 2, eventTypes: ['PositionClosed'], delivery: 'silent' },
      night: { order: 3, delivery: 'on', quietHours, grouping: { seconds: 0, after: 0 } },
    };
    for (const [id, rule] of Object.entries(rules))
      await cloud.firestore.doc(paths.rule(journal.tenant, id)).set(rule);
    await cloud.firestore.doc(paths.rule(journal.tenant, 'nonsense')).set({ order: 0, delivery: 'never' });
    await journal.commit(closed(), closed({ realizedPnl: '3' }), fired(), halted());
    const deliveries = await eventually(async () => {
      const found = await deliveriesOf(cloud, journal);
      return found.filter(({ status }) => status === 'sent').length === 2 && found;
    });
    expect(deliveries).toMatchObject([
      { eventType: 'PositionClosed', status: 'suppressed', rule: 'losses', attempts: 0 },
      { eventType: 'PositionClosed', status: 'sent', isSilent: true },
      {
        eventType: 'TriggerFired',
        status: 'pending',
        isParked: true,
        attempts: 0,
        grouping: { key: 'night', windowMs: 0, after: 0 },
      },
      { eventType: 'TradingHalted', status: 'sent' },
    ]);
    expect(deliveries[2]?.dueAt).toBeGreaterThan(now + 3_600_000);
    expect(deliveries[2]?.dueAt).toBeLessThanOrEqual(now + 7_200_000);
  });
});

describe('a rule of one channel', () => {
  it('decides there, and nowhere else', async () => {
    const journal = new Journal(cloud, 'routes');
    await journal.openChannel('desk', '700002');
    await journal.openChannel('phone', '700003');
    const rule = { order: 1, channels: ['phone'], exitReasons: ['takeProfit', 'timeExit'], delivery: 'off' };
    await cloud.firestore.doc(paths.rule(journal.tenant, 'phone')).set(rule);
    await journal.commit(closed({ reason: 'takeProfit' }), closed({ positionId: 'p2' }));
    const deliveries = await eventually(async () => {
      const found = await deliveriesOf(cloud, journal);
      return found.length === 4 && found.every(({ status }) => status !== 'claimed') && found;
    });
    const states = deliveries.map(
      ({ channelId, subjectId, status }) => `${channelId} ${subjectId} ${status}`,
    );
    expect(states.toSorted()).toEqual([
      'desk p1 sent',
      'desk p2 sent',
      'phone p1 suppressed',
      'phone p2 sent',
    ]);
  });
});

describe('the templates of a tenant', () => {
  it('word the first line of its alerts, where they are without fault', async () => {
    const journal = new Journal(cloud, 'templates');
    await journal.openChannel('discord', '700001');
    const templates = { PositionClosed: '{symbol} out: {pnl} {currency}', TriggerFired: '{symbol} {pnl}' };
    for (const [eventType, text] of Object.entries(templates))
      await cloud.firestore.doc(paths.template(journal.tenant, eventType)).set({ text });
    await journal.commit(closed());
    await journal.commit(fired());
    const deliveries = await eventually(async () => {
      const found = await deliveriesOf(cloud, journal);
      return found.length === 2 && found.every(({ status }) => status === 'sent') && found;
    });
    expect(deliveries.every(({ attempts }) => attempts === 1)).toBe(true);
    const answer = await fetch(`http://${cloud.hosts.discord}/log?webhook_id=700001`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the sink says
    const { messages } = (await answer.json()) as { messages: { embeds: { title: string }[] }[] };
    expect(messages.flatMap(({ embeds }) => embeds.map(({ title }) => title)).toSorted()).toEqual([
      'BTC-USDT is at or above 105: 105.2',
      '[SHADOW] BTC-USDT out: -42.1 USDT',
    ]);
  });
});
