import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { closed, fired, noticeOf } from '../notices/notice.builder.ts';
import { type Opening, openingOf } from './find-opening.ts';
import { PositionUpdates } from './position-updates.ts';

const channel = channelOf();
const alert = (changes: Partial<Delivery> = {}): Delivery => ({
  channelId: 'discord',
  notice: noticeOf(closed()),
  attempts: 0,
  possibleRepeat: true,
  ...changes,
});
const amendment = alert({ possibleRepeat: false, isParked: true, isAmendment: true });
const told: Opening = { kind: 'told', messageId: '77' };
const now = 1_000;

interface World {
  readonly canEdit?: boolean;
  readonly opening?: Opening;
  readonly editFails?: boolean;
  readonly isClaimed?: boolean;
}

function given({ canEdit = true, opening = told, editFails = false, isClaimed = false }: World = {}) {
  const done: unknown[] = [];
  let asked = 0;
  const updates = new PositionUpdates({
    canEdit: () => canEdit,
    openingOf: async () => {
      asked += 1;
      return Promise.resolve(opening);
    },
    claim: async (_, dueAt) => {
      done.push(['claimed', dueAt]);
      return Promise.resolve(isClaimed || dueAt !== undefined ? undefined : amendment);
    },
    parked: async (delivery, dueAt) => {
      done.push(['parked', delivery, dueAt]);
      return Promise.resolve();
    },
    needless: async (delivery) => {
      done.push(['needless', delivery]);
      return Promise.resolve();
    },
    send: async (_, delivery) => {
      done.push(delivery);
      if (editFails && delivery.isAmendment === true) throw new Error('closing');
      return Promise.resolve();
    },
    clock: { now: () => now },
    logger: createLogger({ service: 'notifier', level: 'silent' }),
  });
  return { updates, done, asked: () => asked };
}

describe('a position that closes', () => {
  it('is told, and its opening is edited, which is claimed before either', async () => {
    const { updates, done } = given({ editFails: true });
    await updates.send(channel, alert());
    expect(done).toEqual([['claimed', undefined], alert(), { ...amendment, replaces: '77' }]);
  });

  it('is told, and its opening is left to who has claimed the edit', async () => {
    const { updates, done } = given({ isClaimed: true });
    await updates.send(channel, alert());
    expect(done).toEqual([['claimed', undefined], alert()]);
  });

  it('is told, and its opening is edited when that is told, too', async () => {
    const { updates, done } = given({ opening: { kind: 'underway' } });
    await updates.send(channel, alert());
    expect(done).toEqual([['claimed', 31_000], alert()]);
  });

  it.each<[string, Opening, unknown]>([
    ['is made', told, { ...amendment, replaces: '77' }],
    ['waits for it', { kind: 'underway' }, ['parked', amendment, 31_000]],
    ['is needless without it', { kind: 'none' }, ['needless', amendment]],
  ])('has an edit that %s once it is taken up', async (_, opening, expected) => {
    const { updates, done } = given({ opening });
    await updates.send(channel, amendment);
    expect(done).toEqual([expected]);
  });

  it('is only an edit where its rule says so', async () => {
    const { updates, done } = given();
    await updates.send(channel, alert({ updates: 'edit' }));
    expect(done).toEqual([alert({ updates: 'edit', replaces: '77' })]);
  });

  it.each<[string, World, Delivery]>([
    ['its opening was not told by itself', { opening: { kind: 'none' } }, alert({ updates: 'edit' })],
    ['its opening is not told yet', { opening: { kind: 'underway' } }, alert({ updates: 'edit' })],
    ['the channel cannot edit', { canEdit: false }, alert()],
    ['its rule lets the opening stand', {}, alert({ updates: 'none' })],
    ['it is no position that closes', {}, alert({ notice: noticeOf(fired()) })],
  ])('is told alone where %s', async (_, world, delivery) => {
    const { updates, done, asked } = given(world);
    await updates.send(channel, delivery);
    expect(done).toEqual([delivery]);
    expect(asked()).toBe('opening' in world ? 1 : 0);
  });
});

function closes(...ids: readonly string[]): Delivery[] {
  return ids.map((positionId) => alert({ notice: noticeOf(closed({ positionId })) }));
}

describe('positions whose closes a digest tells', () => {
  it('have the edits of their openings claimed, to be made one after the other', async () => {
    const { updates, done } = given();
    await updates.beside(channel, [...closes('p1', 'p2'), alert({ notice: noticeOf(fired()) })]);
    expect(done).toEqual([
      ['claimed', 13_000],
      ['claimed', 15_000],
    ]);
  });

  it('likewise where the opening is not told yet', async () => {
    const { updates, done } = given({ opening: { kind: 'underway' } });
    await updates.beside(channel, closes('p1'));
    expect(done).toEqual([['claimed', 13_000]]);
  });

  it.each<[string, World, Delivery[]]>([
    ['nothing told of the opening alone', { opening: { kind: 'none' } }, closes('p1')],
    ['the channel cannot edit', { canEdit: false }, closes('p1')],
    ['their rule lets the opening stand', {}, closes('p1').map((each) => ({ ...each, updates: 'none' }))],
  ])('have none where %s', async (_, world, deliveries) => {
    const { updates, done } = given(world);
    await updates.beside(channel, deliveries);
    expect(done).toEqual([]);
  });
});

describe('an opening', () => {
  it.each([
    [
      { status: 'sent', isAlone: true, messageId: '7' },
      { kind: 'told', messageId: '7' },
    ],
    [{ status: 'sent', messageId: '7' }, { kind: 'none' }],
    [{ status: 'claimed' }, { kind: 'underway' }],
    [{ status: 'pending' }, { kind: 'underway' }],
    [{ status: 'retrying' }, { kind: 'underway' }],
    [{ status: 'grouped' }, { kind: 'none' }],
    [{ status: 'dead' }, { kind: 'none' }],
    [{ status: 'suppressed' }, { kind: 'none' }],
    [undefined, { kind: 'none' }],
  ] as const)('with the delivery %j is %j', (delivery, opening) => {
    expect(openingOf(delivery)).toEqual(opening);
  });
});
