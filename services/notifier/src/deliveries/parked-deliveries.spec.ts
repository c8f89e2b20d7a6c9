import type { DeliveryDocument } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { Timestamp } from '@google-cloud/firestore';
import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import { channelDisabled } from '../notices/notice.ts';
import { closed, commitOf, committedAt, noticeOf } from '../notices/notice.builder.ts';
import { wordsOf } from '../notices/told.ts';
import type { Due } from './deliveries.ts';
import type { Delivery } from './delivery.ts';
import { ParkedDeliveries } from './parked-deliveries.ts';

const notice = noticeOf(closed());
const commit = commitOf([closed()]);

function due(changes: Partial<DeliveryDocument> = {}): Due {
  const { eventId, accountId, uid, seq, traceId } = notice;
  const document: DeliveryDocument = {
    eventId,
    shard: 0,
    channelId: 'discord',
    accountId,
    uid,
    seq,
    eventType: 'PositionClosed',
    subjectId: 'p1',
    status: 'pending',
    isParked: true,
    isHeld: false,
    dueAt: 1,
    attempts: 2,
    possibleRepeat: false,
    traceId,
    committedAt,
    publishedAt: 1,
    claimedAt: 1,
    ...changes,
  };
  return { tenant: 't1', document, updatedAt: Timestamp.fromMillis(1) };
}

function given(all: readonly Due[], { channels = ['discord'], isFree = true, isStored = true } = {}) {
  const sent: Delivery[] = [];
  const dead: string[] = [];
  const end = Promise.withResolvers<void>();
  const parked = new ParkedDeliveries({
    due: async () => Promise.resolve(all),
    take: async () => Promise.resolve(isFree),
    readCommit: async () =>
      Promise.resolve(isStored ? { commit, committedAt, commitTime: Timestamp.now() } : undefined),
    channelsOf: async (tenant) => Promise.resolve(channels.map((id) => channelOf(id, { tenant }))),
    send: async (_, delivery) => {
      sent.push(delivery);
      return end.promise;
    },
    dead: async (_, reason) => {
      dead.push(reason);
      return Promise.resolve();
    },
    logger: createLogger({ service: 'notifier', level: 'silent' }),
  });
  const takeUp = async () => {
    await parked.takeUp();
    await new Promise(setImmediate);
  };
  return { takeUp, sent, dead, end };
}

describe('a parked delivery that is due', () => {
  it('is sent with what its commit says, once at a time', async () => {
    const { takeUp, sent, end } = given([due()]);
    await takeUp();
    await takeUp();
    expect(sent).toEqual([
      { channelId: 'discord', notice, attempts: 2, possibleRepeat: false, isSilent: false, isParked: true },
    ]);
    end.resolve();
    await takeUp();
    await takeUp();
    expect(sent).toHaveLength(2);
  });

  it('may be a repeat when somebody has taken it up and did not end it', async () => {
    const { takeUp, sent } = given([due({ isHeld: true })]);
    await takeUp();
    expect(sent).toMatchObject([{ possibleRepeat: true }]);
  });

  it('is no repeat where it is an edit, which tells what its alert does', async () => {
    const eventId = `${notice.eventId}:edit`;
    const { takeUp, sent } = given([due({ eventId, isAmendment: true, isHeld: true })]);
    await takeUp();
    expect(sent).toMatchObject([
      { notice: { eventId: notice.eventId }, possibleRepeat: false, isAmendment: true },
    ]);
  });

  it('is grouped as its rule said before it had to wait', async () => {
    const grouping = { key: 'stops', windowMs: 30_000, after: 0 };
    const { takeUp, sent } = given([due({ grouping })]);
    await takeUp();
    expect(sent).toMatchObject([{ grouping }]);
  });

  it('tells of a disabled channel what that had answered', async () => {
    const told = channelDisabled(notice, 'old', '404');
    const { eventId, event } = told;
    if (event.type !== 'Told') throw new Error('it is told in words of its own');
    const words = { eventId, eventType: event.of, subjectId: 'old', told: wordsOf(event) } as const;
    const { takeUp, sent } = given([due(words)], { isStored: false });
    await takeUp();
    // Its trace's id is stored, and no span.
    expect(sent[0]?.notice).toEqual({ ...told, traceparent: undefined });
  });

  it('is left to who took it first', async () => {
    const { takeUp, sent } = given([due()], { isFree: false });
    await takeUp();
    expect(sent).toEqual([]);
  });

  it('is dead where its channel is no more', async () => {
    const { takeUp, sent, dead } = given([due()], { channels: ['other'] });
    await takeUp();
    expect([sent, dead]).toEqual([[], ['the channel is disabled or gone']]);
  });

  it('is not told while its commit cannot be read back', async () => {
    const { takeUp, sent, dead } = given([due()], { isStored: false });
    await takeUp();
    expect([sent, dead]).toEqual([[], []]);
  });
});
