import { invariant } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { channelOf } from '../channels/channel.builder.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { actionRefused, closed, commitOf, committedAt, opened } from '../notices/notice.builder.ts';
import { type Notice, noticesOf } from '../notices/notice.ts';
import type { Grouping } from '../rules/alert-rule.ts';
import { AlertGroups } from './alert-groups.ts';

const channel = channelOf();
const logger = createLogger({ service: 'notifier', level: 'silent' });
const after = 10;

const noticeAt = (seq: number, event: Parameters<typeof commitOf>[0][number] = closed()): Notice => {
  const [notice] = noticesOf(commitOf([event], seq), committedAt);
  if (notice === undefined) throw new Error('nobody is told of it');
  return notice;
};

/** What is stored and what has landed, and a process that dies at one of its steps. */
class World {
  readonly documents = new Map<string, { status: string; digestId?: string; digest?: Delivery }>();
  readonly landed: { id: string; isRepeat: boolean; headline: string }[] = [];
  now = 0;
  stepsLeft = Number.POSITIVE_INFINITY;
  /** What was to be in digests, before they were recorded. */
  readonly digested: string[][] = [];
  /** When digests can be recorded. */
  recordable: Promise<void> = Promise.resolve();
  /** Of the windows that are open now. */
  windows: (() => void)[] = [];

  groups(usual: Omit<Grouping, 'key'> = { windowMs: 2_000, after }, knowsRepeats = false): AlertGroups {
    return new AlertGroups({
      clock: { now: () => this.now },
      sleep: async (ms, signal) => {
        if (signal.aborted) return;
        await new Promise<void>((end) => {
          this.windows.push(() => {
            this.now += ms;
            end();
          });
          signal.addEventListener('abort', () => end());
        });
      },
      record: {
        digested: async (digest, grouped, members) => {
          await this.step();
          await this.recordable;
          const { eventId } = digest.notice;
          const before = [...this.documents.values()].filter(({ digestId }) => digestId === eventId).length;
          invariant(before + members.length === grouped, 'a digest says of others than name it');
          this.documents.set(eventId, { status: 'claimed', digest });
          for (const { notice } of members)
            this.documents.set(notice.eventId, { status: 'grouped', digestId: eventId });
          await this.step();
        },
        release: async (deliveries) => {
          for (const { notice } of deliveries) this.documents.delete(notice.eventId);
          return Promise.resolve();
        },
      },
      send: async (_, delivery) => this.send(delivery),
      beforeDigest: async (_, all) => {
        this.digested.push(all.map(({ notice }) => notice.eventId));
        return this.digested.length === 1
          ? Promise.resolve()
          : Promise.reject(new Error('the store is away'));
      },
      knowsRepeats: () => knowsRepeats,
      usual,
      logger,
    });
  }

  async send({ notice, possibleRepeat }: Delivery): Promise<void> {
    await this.step();
    const { headline = '', details = [] } = notice.event.type === 'Told' ? notice.event : {};
    const isRepeat = possibleRepeat || details.some(({ name }) => name === 'Possible repeats');
    this.landed.push({ id: notice.eventId, isRepeat, headline });
    await this.step();
    const found = this.documents.get(notice.eventId);
    this.documents.set(notice.eventId, { ...found, status: 'sent' });
  }

  /** As the claim of a delivery is. */
  claim(notice: Notice): Delivery | undefined {
    const found = this.documents.get(notice.eventId);
    if (found !== undefined && found.status !== 'claimed') return undefined;
    this.documents.set(notice.eventId, { status: 'claimed' });
    return { channelId: 'discord', notice, attempts: 0, possibleRepeat: found !== undefined };
  }

  /** Digests of earlier lives, as they are taken up from their documents. */
  async takeUp(): Promise<void> {
    for (const { status, digest } of this.documents.values())
      if (status === 'claimed' && digest !== undefined) await this.send({ ...digest, possibleRepeat: true });
  }

  async endWindow(): Promise<void> {
    for (const end of this.windows.splice(0)) end();
    await this.quiet();
  }

  async quiet(): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) await new Promise(setImmediate);
  }

  /** Once it is dead, nothing of it goes on. */
  async step(): Promise<void> {
    this.stepsLeft -= 1;
    if (this.stepsLeft < 0) await new Promise(() => undefined);
  }
}

/** An earlier request with it may have landed. */
function doubtful(world: World, notice: Notice): Delivery {
  return { ...world.claim(notice)!, possibleRepeat: true };
}

function headlines({ landed }: World): string[] {
  return landed.map(({ headline }) => headline);
}

async function tell(world: World, groups: AlertGroups, notices: readonly Notice[]): Promise<Notice[]> {
  const left = new Set(notices);
  for (const notice of notices) {
    const delivery = world.claim(notice);
    if (delivery === undefined) left.delete(notice);
    else
      void groups.send(channel, delivery).then(
        () => left.delete(notice),
        () => undefined,
      );
  }
  await world.quiet();
  await world.endWindow();
  return [...left];
}

describe('alerts of one channel', () => {
  it('are sent as they come, while they are few', async () => {
    const world = new World();
    const groups = world.groups();
    for (let round = 0; round < 3; round += 1) {
      const some = Array.from({ length: after }, (_, i) => noticeAt(round * 100 + i + 1));
      expect(await tell(world, groups, some)).toEqual([]);
      world.now += 2_000;
    }
    expect(world.landed).toHaveLength(3 * after);
    expect(world.windows).toEqual([]);
  });

  it('are one digest where there are many, and it is sent once', async () => {
    const world = new World();
    const groups = world.groups();
    const crash = Array.from({ length: 1_000 }, (_, i) => noticeAt(i + 1));
    expect(await tell(world, groups, crash)).toEqual([]);
    expect(world.landed).toHaveLength(after + 1);
    expect(world.landed.at(-1)?.headline).toBe('990 alerts: closed 990, -41679 USDT');
    expect(world.landed.at(-1)?.id).toBe('digest:u1.main:0000000011:0');
    expect(world.digested).toEqual([crash.slice(after).map(({ eventId }) => eventId)]);
    const grouped = [...world.documents.values()].filter(({ status }) => status === 'grouped');
    expect(new Set(grouped.map(({ digestId }) => digestId))).toEqual(
      new Set(['digest:u1.main:0000000011:0']),
    );
  });

  it('do not overtake a digest that is still being recorded', async () => {
    const world = new World();
    const groups = world.groups();
    const recorded = Promise.withResolvers<void>();
    world.recordable = recorded.promise;
    await tell(
      world,
      groups,
      Array.from({ length: 30 }, (_, i) => noticeAt(i + 1)),
    );
    const later = [101, 102, 103, 104, 105].map((seq) => noticeAt(seq));
    for (const notice of later) void groups.send(channel, world.claim(notice)!);
    await world.quiet();
    expect(world.landed).toHaveLength(after);
    recorded.resolve();
    await world.quiet();
    await world.endWindow();
    expect(world.landed.slice(after).map(({ headline }) => headline.slice(0, 9))).toEqual([
      '20 alerts',
      '5 alerts:',
    ]);
  });

  it('are no digest of three: they are sent when the window ends', async () => {
    const world = new World();
    const groups = world.groups();
    const some = Array.from({ length: after + 3 }, (_, i) => noticeAt(i + 1));
    expect(await tell(world, groups, some)).toEqual([]);
    expect(world.landed.map(({ id }) => id)).toEqual(some.map(({ eventId }) => eventId));
  });

  it('are not held up by a flood where they are critical, until those are many, too', async () => {
    const world = new World();
    const groups = world.groups();
    const flood = Array.from({ length: 50 }, (_, i) => noticeAt(i + 1));
    const failed = Array.from({ length: 12 }, (_, i) => noticeAt(i + 101, actionRefused()));
    for (const notice of [...flood, ...failed]) {
      const delivery = world.claim(notice);
      if (delivery !== undefined) void groups.send(channel, delivery);
    }
    await world.quiet();
    expect(world.landed.filter(({ id }) => failed.some(({ eventId }) => eventId === id))).toHaveLength(after);
    await world.endWindow();
    expect(world.landed.at(-1)?.headline).toBe('42 alerts: closed 40, refused 2, -1684 USDT');
  });

  describe('that may have been told before', () => {
    const informational = [1, 2].map((seq) => noticeAt(seq, opened()));

    it('are told by a digest where they only inform, however few, and whatever their rule says', async () => {
      const world = new World();
      const groups = world.groups();
      const alone = { key: 'never', windowMs: 0, after: 0 };
      for (const notice of informational) void groups.send(channel, doubtful(world, notice));
      void groups.send(channel, { ...doubtful(world, noticeAt(3, opened())), grouping: alone });
      await world.quiet();
      expect(world.landed).toEqual([]);
      await world.endWindow();
      expect(headlines(world).toSorted()).toEqual([
        '1 alert that may have been told before: opened 1',
        '2 alerts that may have been told before: opened 2',
      ]);
      expect(world.landed.every(({ isRepeat }) => isRepeat)).toBe(true);
      expect([...world.documents.values()].filter(({ status }) => status === 'grouped')).toHaveLength(3);
    });

    it('are in the digest with all others where there is one, and leave few others alone', async () => {
      const world = new World();
      const groups = world.groups({ windowMs: 2_000, after: 0 });
      const [first] = informational;
      if (first === undefined) throw new Error('there are two');
      void groups.send(channel, doubtful(world, first));
      void groups.send(channel, world.claim(noticeAt(11))!);
      await world.quiet();
      await world.endWindow();
      expect(world.landed.map(({ id }) => id)).toEqual(['u1.main:0000000011:0', `digest:${first.eventId}`]);
      void groups.send(channel, doubtful(world, noticeAt(20, opened())));
      for (const seq of [21, 22, 23]) void groups.send(channel, world.claim(noticeAt(seq))!);
      await world.quiet();
      await world.endWindow();
      expect(headlines(world).at(-1)).toBe('4 alerts: closed 3, opened 1, -126.3 USDT');
    });

    it('are sent as they come where the channel knows them, or where they are about money', async () => {
      const world = new World();
      void world.groups(undefined, true).send(channel, doubtful(world, noticeAt(1, opened())));
      void world.groups().send(channel, doubtful(world, noticeAt(2, closed())));
      await world.quiet();
      expect(world.landed.map(({ id }) => id)).toEqual(['u1.main:0000000001:0', 'u1.main:0000000002:0']);
    });

    it('are left to their documents when the notifier closes', async () => {
      const world = new World();
      const groups = world.groups();
      await groups.close();
      await expect(groups.send(channel, doubtful(world, noticeAt(1, opened())))).rejects.toThrow('closes');
      expect(world.documents.get('u1.main:0000000001:0')).toEqual({ status: 'claimed' });
    });
  });

  it('are grouped as their rule says, apart from others', async () => {
    const world = new World();
    const groups = world.groups();
    const grouping = { key: 'stops', windowMs: 30_000, after: 0 };
    for (let seq = 1; seq <= 5; seq += 1) {
      const ruled = { ...world.claim(noticeAt(seq))!, grouping };
      void groups.send(channel, ruled);
      void groups.send(channel, world.claim(noticeAt(seq + 100))!);
      void groups.send(channel, {
        ...world.claim(noticeAt(seq + 200))!,
        grouping: { key: 'never', windowMs: 0, after: 0 },
      });
    }
    await world.quiet();
    expect(world.landed).toHaveLength(10);
    await world.endWindow();
    expect(world.now).toBe(30_000);
    expect(world.landed.at(-1)?.headline).toMatch(/^5 alerts/);
  });

  it('are given up when the notifier closes before they are in a digest, and no digest is', async () => {
    const world = new World();
    const groups = world.groups();
    const left: Notice[] = [];
    const crash = Array.from({ length: 30 }, (_, i) => noticeAt(i + 1));
    for (const notice of crash) groups.send(channel, world.claim(notice)!).catch(() => left.push(notice));
    await world.quiet();
    await groups.close();
    await world.quiet();
    expect(left).toEqual(crash.slice(after));
    expect([...world.documents.keys()]).toEqual(crash.slice(0, after).map(({ eventId }) => eventId));
  });

  it('are each told, and never twice without saying so, wherever the process dies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, after + 2, 30, 620),
        fc.array(fc.integer({ min: 0, max: 45 }), { maxLength: 3 }),
        async (count, deaths) => {
          const world = new World();
          const all = Array.from({ length: count }, (_, i) => noticeAt(i + 1));
          let left = all;
          for (const steps of [...deaths, Number.POSITIVE_INFINITY]) {
            world.stepsLeft = steps;
            world.now += 3_000;
            left = await tell(world, world.groups(), left);
          }
          await world.takeUp();
          expect(left).toEqual([]);
          for (const { eventId } of all) {
            const { status, digestId } = world.documents.get(eventId)!;
            const teller = status === 'grouped' ? digestId! : eventId;
            expect(world.documents.get(teller)?.status).toBe('sent');
            const told = world.landed.filter(({ id }) => id === eventId || id === digestId);
            expect(told.length).toBeGreaterThanOrEqual(1);
            expect(told.slice(1).every(({ isRepeat }) => isRepeat)).toBe(true);
          }
          for (const { id, headline } of world.landed.filter((each) => each.id.startsWith('digest:'))) {
            const members = [...world.documents.values()].filter(({ digestId }) => digestId === id);
            expect(headline.startsWith(`${members.length} alerts`)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
