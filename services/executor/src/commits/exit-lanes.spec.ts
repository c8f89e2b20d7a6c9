import type { AccountRef } from '@bellwether/contracts';
import { type AccountEvent, type EntrySpec, plainInstrument, unknownMarket } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { DocumentTooLargeError } from '@bellwether/store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  activeTrigger,
  ann,
  bob,
  firedBy,
  openPosition,
  positionTerms,
  triggerTerms,
} from '../ticks/armed.builder.ts';
import type { Fired } from '../ticks/fired.ts';
import { FakeCommits, type Obstacle, contended, unreachable } from './commits.fake.ts';
import { ExitLanes, type ExitLanesOptions } from './exit-lanes.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const origin = { shard: 1, epoch: 'e1', number: 7, traceparent: 'trace' };
/** No prices, plain instruments. */
const nowhere = { market: unknownMarket, instrumentOf: plainInstrument, brokers: new Set<string>() };
const resumed: AccountEvent = { type: 'TradingResumed', actor: 'test', reason: '' };

/** Of a position that a trigger would open. */
const entry: EntrySpec = {
  positionId: 'p9',
  symbol: 'BTC-USDT',
  side: 'long',
  quantity: '1',
  how: { kind: 'market' },
  timeInForce: 'gtc',
  priceSource: 'trade',
};

/** An active account with these positions open, and the trigger t1. */
function accountWith({ tenant, uid, accountId }: AccountRef, ...ids: readonly string[]): AccountEvent[] {
  const trigger = triggerTerms();
  return [
    { type: 'AccountOpened', tenant, uid, accountId },
    resumed,
    ...ids.map((id) => ({ type: 'PositionAdopted', position: positionTerms({ id }) }) as const),
    { type: 'TriggerArmed', trigger },
  ];
}

const stopOf = (id: string, account = ann) => firedBy(openPosition({ id }, 1, account));

const isStopOfP2 = (event: AccountEvent) => event.type === 'StopTriggered' && event.positionId === 'p2';

/** A try that waits until it is let go. */
function held(): { obstacle: Obstacle; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { obstacle: async () => promise, release: () => resolve(undefined) };
}

describe('the lanes of fired exits', () => {
  let commits: FakeCommits;
  let pauses: number[];
  let now: number;
  let rearmed: Fired[];
  let lanesOn: (on: ExitLanesOptions['commits']) => ExitLanes;
  let lanes: ExitLanes;

  beforeEach(() => {
    commits = new FakeCommits();
    pauses = [];
    now = 1_005;
    rearmed = [];
    const wait = async (milliseconds: number): Promise<void> => {
      pauses.push(milliseconds);
      return Promise.resolve();
    };
    lanesOn = (on) =>
      new ExitLanes({
        commits: on,
        surroundings: nowhere,
        clock: { now: () => now },
        logger,
        rearm: (fired) => rearmed.push(fired),
        pause: wait,
      });
    lanes = lanesOn(commits);
    commits.given(ann, ...accountWith(ann, 'p1', 'p2', 'p3'));
    commits.given(bob, ...accountWith(bob, 'p1'));
  });

  /** `p1 p2 | p3`: what each commit of the account closed or fired. */
  const committed = ({ accountId }: AccountRef = ann): string =>
    commits.commits
      .filter((commit) => commit.accountId === accountId)
      .map(({ events }) =>
        events
          .flatMap((event) =>
            event.type === 'PositionClosed'
              ? [event.positionId]
              : event.type === 'TriggerFired'
                ? [event.triggerId]
                : [],
          )
          .join(' '),
      )
      .join(' | ');

  it('commit all that one frame fires for an account at once, the frame as its cause', async () => {
    await lanes.execute([stopOf('p2'), stopOf('p1', bob), stopOf('p1'), firedBy(activeTrigger())], origin);
    expect(committed(ann)).toBe('p2 p1 t1');
    expect(committed(bob)).toBe('p1');
    expect(commits.commits[0]).toMatchObject({
      cause: { kind: 'frame', shard: 1, epoch: 'e1', number: 7 },
      traceparent: 'trace',
    });
    expect(commits.requests[0]).toMatchObject({ positionIds: ['p2', 'p1'], triggerIds: ['t1'] });
  });

  it('commit together what fired while a commit was under way', async () => {
    const first = held();
    commits.obstruct(ann, first.obstacle);
    const execution = lanes.execute([stopOf('p1')], origin);
    await Promise.resolve();
    const later = [stopOf('p2'), stopOf('p3')].map(async (fired) => lanes.execute([fired], origin));
    first.release();
    await Promise.all([execution, ...later]);
    expect(committed()).toBe('p1 | p2 p3');
  });

  it('commit at most eighty at once', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `many${i}`);
    commits.given(ann, ...accountWith(ann, ...ids));
    await lanes.execute(
      ids.map((id) => stopOf(id)),
      origin,
    );
    expect(commits.commits.map(({ events }) => events.length)).toEqual([80 * 3, 20 * 3]);
  });

  it('commit ten thousand exits of a thousand accounts in the order of their ticks, one commit each, while one account cannot', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => `p${i}`);
    const accounts = Array.from({ length: 1_000 }, (_, i): AccountRef => {
      return { tenant: 'acme', uid: `u${i}`, accountId: `u${i}.main` };
    });
    for (const account of accounts) commits.given(account, ...accountWith(account, ...ids));
    const [blocked = ann, ...others] = accounts;
    const first = held();
    commits.obstruct(blocked, first.obstacle);
    // Tick by tick, each reaches one exit of every account.
    const all = ids.flatMap((id, ordinal) =>
      accounts.map((account) => {
        const fired = stopOf(id, account);
        return { ...fired, tick: { ...fired.tick, ordinal } };
      }),
    );
    const execution = lanes.execute(all, origin);
    await new Promise((resolve) => setImmediate(resolve));
    const inOrder = ids.join(' ');
    expect(new Set(others.map((account) => committed(account)))).toEqual(new Set([inOrder]));
    expect(committed(blocked)).toBe('');
    first.release();
    await execution;
    expect(committed(blocked)).toBe(inOrder);
    expect(commits.commits).toHaveLength(1_000);
    expect(lanes.counts).toMatchObject({ executed: 10_000, refused: 0 });
  });

  it.each([
    ['another writer is faster', contended],
    ['the store fails', unreachable],
  ])('try again without end when %s, with what fired meanwhile', async (_what, obstacle) => {
    const last = held();
    const failing: Obstacle = async () => {
      await last.obstacle();
      return obstacle();
    };
    commits.obstruct(ann, ...Array.from({ length: 50 }, () => obstacle), failing);
    const execution = lanes.execute([stopOf('p1')], origin);
    await until(() => commits.requests.length === 51);
    const later = lanes.execute([stopOf('p2')], origin);
    last.release();
    await Promise.all([execution, later]);
    expect(committed()).toBe('p1 p2');
    expect(pauses).toHaveLength(51);
  });

  it('commit in halves what is too much for one entry of the journal, down to one by one', async () => {
    const bound = { limit: 200, actual: 300 };
    const tooLarge: Obstacle = async () => Promise.reject(new DocumentTooLargeError('much', bound));
    commits.given(ann, ...accountWith(ann, 'p1', 'p2', 'p3', 'p4', 'p5'));
    const stops = ['p1', 'p2', 'p3', 'p4', 'p5'].map((id) => stopOf(id));
    commits.obstruct(ann, tooLarge);
    await lanes.execute(stops, origin);
    expect(committed()).toBe('p1 p2 p3 | p4 p5');
    expect(pauses).toEqual([]);
    commits.given(bob, ...accountWith(bob, 'p1', 'p2'));
    commits.obstruct(bob, tooLarge, tooLarge);
    await lanes.execute([stopOf('p1', bob), stopOf('p2', bob)], origin);
    expect(committed(bob)).toBe('p1 | p2');
    expect(pauses).toEqual([250]);
  });

  describe('for an exit that cannot be committed', () => {
    let isBroken: boolean;
    /** Lanes on commits that refuse, as `obstacle` does, whatever closes p2 by its stop. */
    const breaking = (obstacle: Obstacle): ExitLanes => {
      isBroken = true;
      return lanesOn({
        commit: async (ref, request) => {
          const account = commits.account(ref);
          const decided = account && request.decide(account, true, 1);
          const isMet =
            isBroken && decided !== undefined && 'events' in decided && decided.events.some(isStopOfP2);
          if (isMet) await obstacle();
          return isMet ? { status: 'contended' } : commits.commit(ref, request);
        },
      });
    };

    it.each<[string, Obstacle]>([
      ['is refused at the head', contended],
      ['fails', unreachable],
    ])('do not hold the account where it %s every time', async (_what, obstacle) => {
      const broken = breaking(obstacle);
      let isDone = false;
      const first = broken.execute(
        ['p1', 'p2', 'p3'].map((id) => stopOf(id)),
        origin,
      );
      void first.then(() => (isDone = true));
      await until(() => committed() === 'p1 | p3' || committed() === 'p1 p3');
      const tries = pauses.length;
      await broken.execute([firedBy(activeTrigger())], origin);
      expect(committed()).toMatch(/t1$/);
      expect(pauses.length - tries).toBeLessThan(3);
      expect(isDone).toBe(false);
      isBroken = false;
      await first;
      expect(committed()).toMatch(/t1 \| p2$/);
    });

    it('let nothing of its position go before it', async () => {
      const broken = breaking(unreachable);
      const both = { id: 'p2', exits: { stopLoss: '95', trailing: { distance: '5' } } };
      const trailed: AccountEvent = { type: 'PositionAdopted', position: positionTerms(both) };
      commits.given(ann, ...accountWith(ann, 'p1'), trailed);
      const p2 = openPosition(both);
      const later = { ...stopOf('p2').tick, ordinal: 1, price: '93' };
      const trailing = firedBy(p2, { lineId: 'trail', reason: 'trailingStop', tick: later });
      const all = broken.execute([firedBy(p2), stopOf('p1'), trailing], origin);
      await until(() => committed() === 'p1');
      await until(() => pauses.length > 40);
      expect(committed()).toBe('p1');
      isBroken = false;
      await all;
      const closed = commits.commits
        .flatMap(({ events }) => events)
        .filter((event) => 'realizedPnl' in event);
      expect(closed).toMatchObject([{ positionId: 'p1' }, { positionId: 'p2', reason: 'stopLoss' }]);
    });
  });

  it('do not hold one account for another', async () => {
    const blocked = held();
    commits.obstruct(ann, blocked.obstacle);
    const execution = lanes.execute([stopOf('p1'), stopOf('p1', bob)], origin);
    await until(() => committed(bob) === 'p1');
    expect(committed(ann)).toBe('');
    await lanes.execute([stopOf('p9', bob)], origin);
    blocked.release();
    await execution;
    expect(committed(ann)).toBe('p1');
  });

  it('close a position once, however often it fired', async () => {
    await lanes.execute([stopOf('p1'), stopOf('p1')], origin);
    await lanes.execute([stopOf('p1')], origin);
    expect(committed()).toBe('p1');
  });

  it('execute the protective of what one tick has reached, whichever came first', async () => {
    const both = { id: 'both', exits: { stopLoss: '95', trailing: { distance: '5' } } };
    const { tenant, uid, accountId } = ann;
    commits.given(ann, { type: 'AccountOpened', tenant, uid, accountId }, resumed, {
      type: 'PositionAdopted',
      position: positionTerms(both),
    });
    const trailing = firedBy(openPosition(both), { lineId: 'trail', reason: 'trailingStop' });
    await lanes.execute([trailing, firedBy(openPosition(both))], origin);
    const closed = commits.commits.flatMap(({ events }) => events).filter((event) => 'realizedPnl' in event);
    expect(closed).toMatchObject([{ type: 'PositionClosed', reason: 'stopLoss' }]);
  });

  it('are done with what the account refuses, and commit the rest', async () => {
    const notReached = { ...stopOf('p2'), tick: { ...stopOf('p2').tick, price: '96' } };
    await lanes.execute([stopOf('gone'), notReached, stopOf('p3')], origin);
    expect(committed()).toBe('p3');
    expect(rearmed).toEqual([]);
    expect(lanes.takeHeld(ann.accountId, 'active')).toEqual([]);
  });

  it('hand back to be armed again, at once, what was reached by a tick from before it counts', async () => {
    const position = positionTerms({ id: 'p1', armedFrom: { at: 901 } });
    const trigger = triggerTerms({ id: 't9', armedFrom: { at: 901 } });
    const { tenant, uid, accountId } = ann;
    commits.given(
      ann,
      { type: 'AccountOpened', tenant, uid, accountId },
      resumed,
      { type: 'PositionAdopted', position },
      { type: 'TriggerArmed', trigger },
    );
    const early = [stopOf('p1'), firedBy(activeTrigger({ id: 't9' }))];
    await lanes.execute(early, origin);
    expect(committed()).toBe('');
    expect(rearmed).toEqual(early);
    expect(lanes.takeHeld(ann.accountId, 'active')).toEqual([]);
  });

  it('keep what fires while trading is halted, to be armed again once', async () => {
    commits.given(ann, ...accountWith(ann, 'p1', 'p2'), { type: 'TradingHalted', actor: 'test', reason: '' });
    await lanes.execute([stopOf('p1'), stopOf('p2'), firedBy(activeTrigger())], origin);
    expect(committed()).toBe('t1');
    expect(lanes.takeHeld(bob.accountId, 'active')).toEqual([]);
    expect(lanes.takeHeld(ann.accountId, 'active').map(({ subject }) => subject.id)).toEqual(['p1', 'p2']);
    expect(lanes.takeHeld(ann.accountId, 'active')).toEqual([]);
  });

  it('keep what would enter while the account only reduces, and give back what closes', async () => {
    const opens = { id: 't2', action: { kind: 'open', entry } } as const;
    const opening: AccountEvent = { type: 'TriggerArmed', trigger: triggerTerms(opens) };
    const given = [...accountWith(ann, 'p1'), opening];
    commits.given(ann, ...given, { type: 'TradingHalted', actor: 'test', reason: '' });
    await lanes.execute([stopOf('p1'), firedBy(activeTrigger(opens))], origin);
    commits.given(ann, ...given, { type: 'TradingReduced', actor: 'test', reason: '', flatten: false });
    const first = lanes.takeHeld(ann.accountId, 'reducing');
    await lanes.execute(first, origin);
    expect(first.map(({ subject }) => subject.id)).toEqual(['p1', 't2']);
    expect(committed()).toBe('p1');
    expect(lanes.takeHeld(ann.accountId, 'reducing')).toEqual([]);
    expect(lanes.takeHeld(ann.accountId, 'active').map(({ subject }) => subject.id)).toEqual(['t2']);
  });

  it('look for the order that a trigger would place under a name that it may share with another', async () => {
    const opens = { id: 't2', action: { kind: 'open', entry }, rearm: { coolDownMs: 1 } } as const;
    const tick = { ...stopOf('p1').tick, price: '94' };
    const fired: AccountEvent = {
      type: 'TriggerFired',
      triggerId: 't2',
      symbol: 'BTC-USDT',
      when: triggerTerms().when,
      tick,
      late: false,
      lagMs: 0,
      rearmedFrom: { at: 0 },
    };
    commits.given(ann, ...accountWith(ann), { type: 'TriggerArmed', trigger: triggerTerms(opens) }, fired);
    await lanes.execute([firedBy(activeTrigger(opens))], origin);
    const account = commits.account(ann);
    const needs = account && commits.requests.at(-1)?.related?.(account);
    expect(needs).toMatchObject({ positionIds: ['p9', 'p9-3'], orderIds: ['ann.main.t2-3'], allOpen: true });
  });

  it('keep what fires while its position is being closed until more of it is open, or none', async () => {
    const [opening] = accountWith(ann, 'p1').filter(({ type }) => type === 'PositionAdopted');
    if (opening?.type !== 'PositionAdopted') throw new Error('no position');
    const { tenant, uid, accountId } = ann;
    const position = { ...opening.position, broker: 'alpaca' };
    const opened: AccountEvent = { type: 'AccountOpened', tenant, uid, accountId };
    commits.given(ann, opened, resumed, { type: 'PositionAdopted', position });
    const which = { positionId: 'p1', symbol: 'BTC-USDT' };
    const order = { of: 'exit', orderId: `${accountId}.p1.exit` } as const;
    const rejected: AccountEvent = { type: 'OrderRejected', ...order, ...which, reason: 'no' };
    const exit = {
      ...which,
      side: 'long',
      quantity: '2',
      entryPrice: '100',
      exitPrice: '94',
      currency: 'USDT',
      realizedPnl: '-12',
      reason: 'stopLoss',
    } as const;
    const closed: AccountEvent = { type: 'PositionClosed', ...exit, openedAt: 0, closedAt: 1_000 };
    const again = stopOf('p1');
    await lanes.execute([stopOf('p1')], origin);
    await lanes.execute([again], origin);
    expect(lanes.takeReopened(bob.accountId, [rejected])).toEqual([]);
    expect(lanes.takeReopened(accountId, [rejected])).toEqual([again]);
    expect(lanes.takeReopened(accountId, [rejected])).toEqual([]);
    await lanes.execute([again], origin);
    expect(lanes.takeReopened(accountId, [closed])).toEqual([]);
    expect(lanes.takeReopened(accountId, [rejected])).toEqual([]);
  });

  it('execute what was armed again once trading is resumed', async () => {
    commits.given(ann, ...accountWith(ann, 'p1'), { type: 'TradingHalted', actor: 'test', reason: '' });
    await lanes.execute([stopOf('p1')], origin);
    commits.given(ann, ...accountWith(ann, 'p1'));
    await lanes.execute(lanes.takeHeld(ann.accountId, 'active'), origin);
    expect(committed()).toBe('p1');
  });

  it.each([
    [1_005, { lagMs: 5, late: false }],
    [3_000, { lagMs: 2_000, late: false }],
    [3_001, { lagMs: 2_001, late: true }],
    [900, { lagMs: 0, late: false }],
  ])('tell how long after its receipt a tick was decided on: at %i ms', async (at, timing) => {
    now = at;
    await lanes.execute([stopOf('p1'), firedBy(activeTrigger())], origin);
    const timed = commits.commits[0]?.events.filter((event) => 'lagMs' in event);
    expect(timed).toMatchObject([timing, timing]);
  });
});

/** Lets promises settle until it is true. */
async function until(isTrue: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !isTrue(); turns += 1) await Promise.resolve();
  expect(isTrue()).toBe(true);
}
