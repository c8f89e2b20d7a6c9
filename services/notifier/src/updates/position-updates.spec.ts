import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { closed, fired, noticeOf } from '../notices/notice.builder.ts';
import { PositionUpdates } from './position-updates.ts';

const channel = channelOf();
const alert = (changes: Partial<Delivery> = {}): Delivery => ({
  channelId: 'discord',
  notice: noticeOf(closed()),
  attempts: 0,
  possibleRepeat: true,
  ...changes,
});

interface World {
  readonly canEdit?: boolean;
  readonly opening?: string | null;
  readonly editFails?: boolean;
}

function given({ canEdit = true, opening = '77', editFails = false }: World = {}) {
  const sent: Delivery[] = [];
  let asked = 0;
  const updates = new PositionUpdates({
    canEdit: () => canEdit,
    openingOf: async () => {
      asked += 1;
      return Promise.resolve(opening ?? undefined);
    },
    send: async (_, delivery) => {
      sent.push(delivery);
      if (editFails && delivery.isAmendment === true) throw new Error('closing');
      return Promise.resolve();
    },
    logger: createLogger({ service: 'notifier', level: 'silent' }),
  });
  return { updates, sent, asked: () => asked };
}

describe('a position that closes', () => {
  it('is told, and its opening is edited, which may be lost', async () => {
    const { updates, sent } = given({ editFails: true });
    await updates.send(channel, alert());
    expect(sent).toEqual([alert(), alert({ replaces: '77', isAmendment: true, possibleRepeat: false })]);
  });

  it('is only an edit where its rule says so', async () => {
    const { updates, sent } = given();
    await updates.send(channel, alert({ updates: 'edit' }));
    expect(sent).toEqual([alert({ updates: 'edit', replaces: '77' })]);
  });

  it.each([
    ['its opening was not told by itself', { opening: null }, alert({ updates: 'edit' })],
    ['the channel cannot edit', { canEdit: false }, alert()],
    ['its rule lets the opening stand', {}, alert({ updates: 'none' })],
    ['it is no position that closes', {}, alert({ notice: noticeOf(fired()) })],
  ])('is told alone where %s', async (_, world, delivery) => {
    const { updates, sent, asked } = given(world);
    await updates.send(channel, delivery);
    expect(sent).toEqual([delivery]);
    expect(asked()).toBe('opening' in world ? 1 : 0);
  });
});
