import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given, tickAt } from '../account/account.builder.ts';
import { evolveAll } from '../account/account-fold.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import type { AccountEvent } from '../account/events.ts';
import { haltTrading, resumeTrading } from '../account/switch-trading.ts';
import { plainInstrument } from '../market/instrument.ts';
import { armTrigger, maxActiveTriggers } from './arm-trigger.ts';
import { disarmTrigger } from './disarm-trigger.ts';
import { fireTrigger } from './fire-trigger.ts';
import { type PlainStep, type PlainTrigger, plainTriggers } from './fire-trigger.oracle.ts';
import type { OrderKind } from '../order/order.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import type { Condition, TriggerAction, TriggerSpec } from './trigger.ts';

const startedAt = 1_000;
const symbol = fc.constantFrom('A', 'B');
const id = fc.integer({ min: 1, max: 30 }).map((n) => `t${n}`);
const position = fc.constantFrom('p', 'p', 'p', 'q');
const price = fc.integer({ min: 98, max: 102 });
const moment = fc.integer({ min: startedAt, max: startedAt + 30 });

const when: fc.Arbitrary<PlainTrigger['when']> = fc.oneof(
  price.map((above) => ({ above })),
  price.map((below) => ({ below })),
  moment.map((at) => ({ at })),
  fc.record({
    moves: fc.constantFrom('up' as const, 'down' as const, 'either' as const),
    // A hundredth is reached exactly between 100 and 99 or 101; a millionth more is not.
    ppm: fc.constantFrom(1, 10_000, 10_001, 20_000, 40_000),
    within: fc.integer({ min: 1, max: 6 }),
  }),
);
const openAction = fc.record({ open: position, of: symbol });
const simple: fc.Arbitrary<Exclude<PlainTrigger['does'], { arm: unknown }>> = fc.oneof(
  fc.constant('notify' as const),
  openAction,
  openAction,
  position.map((close) => ({ close })),
  position.map((close) => ({ close })),
  position.map((amend) => ({ amend })),
);
const terms = {
  id,
  symbol,
  when,
  coolDown: fc.integer({ min: 0, max: 5 }),
  end: fc.integer({ min: startedAt, max: startedAt + 90 }),
};
const requiredKeys: ['id', 'symbol', 'when', 'does'] = ['id', 'symbol', 'when', 'does'];
const { trigger } = fc.letrec<{ trigger: PlainTrigger }>((tie) => ({
  trigger: fc
    .record(
      {
        ...terms,
        times: fc.integer({ min: 2, max: 3 }),
        does: fc.oneof(
          { maxDepth: 2 },
          { weight: 2, arbitrary: simple },
          { weight: 1, arbitrary: tie('trigger').map((arm) => ({ arm })) },
        ),
      },
      { requiredKeys },
    )
    .map(({ times, ...rest }) =>
      times === undefined || rest.coolDown === undefined ? rest : { ...rest, times },
    ),
}));

type Asked =
  | Exclude<PlainStep, { do: 'tick' }>
  | { do: 'tick'; symbol: string; passed: number; price: number };
const step: fc.Arbitrary<Asked> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('tick' as const),
      symbol,
      passed: fc.integer({ min: 0, max: 3 }),
      price,
    }),
  },
  { weight: 5, arbitrary: trigger.map((armed) => ({ do: 'arm' as const, trigger: armed })) },
  { weight: 1, arbitrary: id.map((of) => ({ do: 'disarm' as const, id: of })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('active' as const, 'active' as const, 'reducing' as const, 'halted' as const)
      .map((to) => ({ do: 'switch' as const, to })),
  },
);

function conditionOf(plain: PlainTrigger['when']): Condition {
  if ('above' in plain) return { kind: 'price', direction: 'above', price: String(plain.above) };
  if ('below' in plain) return { kind: 'price', direction: 'below', price: String(plain.below) };
  if ('at' in plain) return { kind: 'time', at: plain.at };
  return {
    kind: 'move',
    direction: plain.moves,
    percent: (plain.ppm / 10_000).toFixed(4),
    windowMs: plain.within,
  };
}

function actionOf(does: PlainTrigger['does']): TriggerAction {
  if (does === 'notify') return { kind: 'notify' };
  if ('arm' in does) return { kind: 'arm', trigger: specOf(does.arm) };
  if ('close' in does) return { kind: 'close', positionId: does.close };
  // A stop that nothing here reaches.
  if ('amend' in does) return { kind: 'amend', positionId: does.amend, exits: { stopLoss: { price: '1' } } };
  const entry = {
    positionId: does.open,
    symbol: does.of,
    side: 'long',
    quantity: '1',
    how: { kind: 'market' },
    timeInForce: 'gtc',
    priceSource: 'trade',
  } as const;
  return { kind: 'open', entry };
}

function specOf({
  id: of,
  symbol: watched,
  when: plain,
  does,
  coolDown,
  times,
  end,
}: PlainTrigger): TriggerSpec {
  return {
    id: of,
    symbol: watched,
    priceSource: 'trade',
    when: conditionOf(plain),
    action: actionOf(does),
    ...(coolDown === undefined
      ? {}
      : { rearm: { coolDownMs: coolDown, ...(times === undefined ? {} : { times }) } }),
    ...(end === undefined ? {} : { expiresAt: end }),
  };
}

/** Does it all, and tells what happened in the oracle's words. */
function run(asked: readonly Asked[]): { said: string[]; steps: PlainStep[]; simulation: AccountSimulation } {
  const simulation = new AccountSimulation(given());
  const said: string[] = [];
  const stepOf: number[] = [];
  const tell = (from: number): void => {
    for (const event of simulation.commits.slice(from).flat()) said.push(...inWords(event, stepOf));
  };
  const steps = asked.map((each, at): PlainStep => {
    const before = simulation.commits.length;
    const { account, armedFrom } = simulation;
    switch (each.do) {
      case 'tick':
        stepOf.push(at);
        simulation.trade(each.symbol, String(each.price), '1', each.passed);
        break;
      case 'arm': {
        const armed = armTrigger(account, { ...specOf(each.trigger), armedFrom });
        if (!simulation.take(armed) && !armed.ok) said.push(armed.refusal.reason);
        break;
      }
      case 'disarm': {
        const disarmed = disarmTrigger(account, { triggerId: each.id, by });
        if (!simulation.take(disarmed) && !disarmed.ok) said.push(disarmed.refusal.reason);
        break;
      }
      case 'switch': {
        const { to } = each;
        const { now } = simulation.context;
        simulation.take(
          to === 'active' ? resumeTrading(account, by) : haltTrading(account, { ...by, state: to }, { now }),
        );
      }
    }
    tell(before);
    return each.do === 'tick'
      ? { do: 'tick', symbol: each.symbol, at: simulation.context.now, price: each.price }
      : each;
  });
  return { said, steps, simulation };
}

function inWords(event: AccountEvent, stepOf: readonly number[]): string[] {
  const { type } = event;
  if (type === 'TriggerArmed') return [`armed ${event.trigger.id}`];
  if (type === 'TriggerDisarmed') return [`disarmed ${event.triggerId}`];
  if (type === 'TriggerExpired') return [`expired ${event.triggerId} at ${stepOf[event.tick.ordinal]}`];
  if (type === 'TriggerFired') {
    const { rearmedFrom } = event;
    const again = rearmedFrom !== undefined && 'at' in rearmedFrom ? `, again from ${rearmedFrom.at}` : '';
    return [`fired ${event.triggerId} at ${stepOf[event.tick.ordinal]}${again}`];
  }
  if (type === 'TriggerActionRefused') return [`${event.triggerId} could not: ${event.reason}`];
  if (type === 'PositionOpened') return [`opened ${event.position.id}`];
  if (type === 'PositionIncreased') return [`added to ${event.positionId}`];
  if (type === 'PositionClosed') return [`closed ${event.positionId}`];
  return type === 'ExitsAmended' ? [`amended ${event.positionId}`] : [];
}

describe('triggers', () => {
  it('fire, re-arm, chain, act and end at the ticks that the rules say', () => {
    const words = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), (asked) => {
        const { said, steps, simulation } = run(asked);
        expect(said).toEqual(plainTriggers(steps));
        for (const line of said) words.add(line.replaceAll(/\b[pqt]\d*([-_]\d+)*\b|\d+/g, '_'));
        const { triggers, activeTriggerIds } = simulation.account;
        const active = [...triggers.values()].filter(({ status }) => status === 'active');
        expect([...activeTriggerIds].toSorted()).toEqual(active.map((each) => each.id).toSorted());
      }),
      { numRuns: 500 },
    );
    expect([...words].toSorted()).toEqual([
      'NOT_ACTIVE',
      'TRIGGER_EXISTS',
      '_ could not: NO_OPEN_POSITION',
      '_ could not: NO_PRICE',
      '_ could not: OTHER_POSITION',
      '_ could not: POSITION_CLOSED',
      '_ could not: TRIGGER_EXISTS',
      'added to _',
      'amended _',
      'armed _',
      'closed _',
      'disarmed _',
      'expired _ at _',
      'fired _ at _',
      'fired _ at _, again from _',
      'opened _',
    ]);
  });
});

const place = fc.record({ epoch: fc.constantFrom('e', 'f'), ordinal: fc.integer({ min: 0, max: 2 }) });
const near = fc.integer({ min: 1_998, max: 2_002 });

describe('a trigger of which a tick is reported', () => {
  it('fires and ends at no tick from before its arming, short of its level, or before its end', () => {
    const outcomes = new Set<string>();
    const arbitrary = fc.record({
      when: fc.oneof(
        fc.record({
          kind: fc.constant('price' as const),
          direction: fc.constantFrom('above', 'below'),
          price,
        }),
        fc.record({ kind: fc.constant('time' as const), at: near }),
      ),
      armedFrom: fc.oneof(
        place,
        near.map((at) => ({ at })),
      ),
      expiresAt: fc.option(near, { nil: undefined }),
      lineId: fc.constantFrom('trigger', 'expiry'),
      tick: fc.tuple(place, price, near),
    });
    fc.assert(
      fc.property(
        arbitrary,
        ({ when: asked, armedFrom, expiresAt, lineId, tick: [at, traded, exchangeAt] }) => {
          const condition = asked.kind === 'time' ? asked : { ...asked, price: String(asked.price) };
          const end = expiresAt === undefined ? {} : { expiresAt };
          const action = { kind: 'notify' } as const;
          const armed = {
            id: 't',
            symbol: 'BAC',
            priceSource: 'trade',
            when: condition,
            action,
            armedFrom,
            ...end,
          } as const;
          const account = given({ type: 'TriggerArmed', trigger: armed });
          const tick = tickAt(String(traded), { ...at, exchangeAt });
          const fired = { triggerId: 't', lineId, tick, late: false, lagMs: 0 };
          const decided = fireTrigger(account, fired, {
            market: () => ({}),
            instrumentOf: plainInstrument,
            now: 0,
          });
          const counts =
            'at' in armedFrom
              ? exchangeAt >= armedFrom.at
              : `${at.epoch}${at.ordinal}` >= `${armedFrom.epoch}${armedFrom.ordinal}`;
          const isOver = expiresAt !== undefined && exchangeAt >= expiresAt;
          const isMet =
            asked.kind === 'time'
              ? exchangeAt >= asked.at
              : asked.direction === 'above'
                ? traded >= asked.price
                : traded <= asked.price;
          const said = decided.ok ? decided.value.map(({ type }) => type).join() : decided.refusal.reason;
          const expected = !counts
            ? 'BEFORE_ARMED'
            : isOver
              ? 'TriggerExpired'
              : lineId === 'trigger' && isMet
                ? 'TriggerFired'
                : 'LEVEL_NOT_REACHED';
          expect(said).toBe(expected);
          outcomes.add(`${lineId} ${said}`);
        },
      ),
      { numRuns: 1_000 },
    );
    expect([...outcomes].toSorted()).toEqual([
      'expiry BEFORE_ARMED',
      'expiry LEVEL_NOT_REACHED',
      'expiry TriggerExpired',
      'trigger BEFORE_ARMED',
      'trigger LEVEL_NOT_REACHED',
      'trigger TriggerExpired',
      'trigger TriggerFired',
    ]);
  });
});

describe('arming a trigger', () => {
  const armed = {
    id: 't',
    symbol: 'A',
    priceSource: 'trade',
    action: { kind: 'notify' },
    armedFrom: { at: 0 },
  } as const;

  it.each<[string, string, Condition]>([
    ['when.price', '0', { kind: 'price', direction: 'above', price: '0' }],
    ['when.percent', '-1', { kind: 'move', direction: 'up', percent: '-1', windowMs: 1 }],
    ['when.windowMs', '0', { kind: 'move', direction: 'up', percent: '1', windowMs: 0 }],
  ])('refuses a %s of %s', (field, value, condition) => {
    expect(armTrigger(given(), { ...armed, when: condition })).toEqual({
      ok: false,
      refusal: { reason: 'NOT_POSITIVE', field, value },
    });
  });

  const limited = { kind: 'limit', limitPrice: '95' } as const;
  const opening = (exits: ExitsSpec, how: OrderKind = limited): TriggerAction => ({
    kind: 'open',
    entry: {
      positionId: 'p',
      symbol: 'A',
      side: 'long',
      quantity: '1',
      how,
      timeInForce: 'gtc',
      priceSource: 'trade',
      exits,
    },
  });
  const wrong = { stopLoss: { price: '96' } };

  it.each<[string, TriggerAction]>([
    ['it opens', opening(wrong)],
    [
      'another opens that it arms',
      {
        kind: 'arm',
        trigger: { ...armed, id: 'u', when: { kind: 'time', at: 5 }, action: opening(wrong) },
      },
    ],
  ])('refuses exits that no position can have that %s', (_what, action) => {
    expect(armTrigger(given(), { ...armed, action, when: { kind: 'time', at: 5 } })).toMatchObject({
      refusal: { reason: 'WRONG_SIDE', field: 'stopLoss.price', value: '96', reference: '95' },
    });
  });

  it('takes exits of an entry at the market, whose price is known when it fires, as far as they can be', () => {
    const timed = { ...armed, when: { kind: 'time', at: 5 } } as const;
    const market = { kind: 'market' } as const;
    expect(armTrigger(given(), { ...timed, action: opening(wrong, market) })).toMatchObject({
      ok: true,
    });
    expect(armTrigger(given(), { ...timed, action: opening({ stopLoss: { price: '94' } }) })).toMatchObject({
      ok: true,
    });
    const tooFar = { trailing: { percent: '100' } };
    expect(armTrigger(given(), { ...timed, action: opening(tooFar, market) })).toMatchObject({
      refusal: { reason: 'OUT_OF_RANGE', field: 'trailing.percent' },
    });
  });

  it.each([
    ['down', '100', false],
    ['down', '99.9999', true],
    ['down', '99.99991', false],
    ['up', '100', true],
    ['either', '250', true],
  ] as const)(
    'takes a move %s by %s percent where a price can do that: %s',
    (direction, percent, isTaken) => {
      const condition = { kind: 'move', direction, percent, windowMs: 1_000 } as const;
      const decided = armTrigger(given(), { ...armed, when: condition });
      const refusal = {
        reason: 'OUT_OF_RANGE',
        field: 'when.percent',
        value: percent,
        range: 'at most 99.9999',
      };
      expect(decided).toMatchObject(isTaken ? { ok: true } : { ok: false, refusal });
    },
  );

  it('holds so many active at once; one that is over makes room', () => {
    const condition = { kind: 'time', at: 5 } as const;
    const many = Array.from({ length: maxActiveTriggers }, (_, i): AccountEvent => {
      return { type: 'TriggerArmed', trigger: { ...armed, id: `t${i}`, when: condition } };
    });
    const full = evolveAll(given(), many);
    const one = { ...armed, when: condition };
    expect(armTrigger(full, one)).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_ACTIVE_TRIGGERS', limit: 1_000, count: 1_000, by: 1 },
    });
    const disarmed: AccountEvent = { type: 'TriggerDisarmed', triggerId: 't1', symbol: 'A', by };
    expect(armTrigger(evolveAll(full, [disarmed]), one)).toMatchObject({ ok: true });
  });
});
