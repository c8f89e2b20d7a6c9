import type { Command } from '@bellwether/contracts';
import { type AccountEvent, type TickReference, plainInstrument, unknownMarket } from '@bellwether/domain';
import { type CommitOutcome, DocumentTooLargeError, WritesShedError } from '@bellwether/store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeCommits, contended, unmet, unreachable } from '../commits/commits.fake.ts';
import { ann, positionTerms } from '../ticks/armed.builder.ts';
import { type Arming, HandleCommand } from './handle-command.ts';

const by = { actor: 'test', reason: 'spec' };
const open: Command = { name: 'OpenAccount', key: 'open', ...ann };
const resume: Command = { name: 'ResumeTrading', key: 'resume', ...ann, ...by };
const { id, symbol, side, quantity, entryPrice, priceSource } = positionTerms();
const exits = { stopLoss: { price: '95' } };
const adopt = {
  name: 'AdoptPosition',
  key: 'adopt',
  ...ann,
  position: { id, symbol, side, quantity, entryPrice, priceSource, exits },
} as const satisfies Command;
const arm = {
  name: 'ArmTrigger',
  key: 'arm',
  ...ann,
  trigger: {
    id: 't1',
    symbol,
    priceSource,
    when: { kind: 'price', direction: 'below', price: '95' },
    action: { kind: 'notify' },
  },
} as const satisfies Command;
const opened: AccountEvent = { type: 'AccountOpened', ...ann };
const halted: AccountEvent = {
  type: 'TradingHalted',
  scope: 'tenant',
  actor: 'eve',
  reason: 'audit',
  until: 9_000,
};

/** A shard whose next tick moves on with every look, and that tells what happened inside its gate. */
class FakeArming implements Arming {
  readonly log: string[] = [];
  #ordinal = 10;

  armedFromNow(of: string) {
    this.log.push(`look at ${of}`);
    this.#ordinal += 1;
    return { epoch: 'e1', ordinal: this.#ordinal };
  }

  async arming<Value>(of: string, run: () => Promise<Value>): Promise<Value> {
    this.log.push(`begin ${of}`);
    try {
      return await run();
    } finally {
      this.log.push(`end ${of}`);
    }
  }
}

describe('handling a command', () => {
  let commits: FakeCommits;
  let arming: FakeArming;
  let pauses: number;
  let commands: HandleCommand;

  beforeEach(() => {
    commits = new FakeCommits();
    arming = new FakeArming();
    pauses = 0;
    commands = new HandleCommand({
      commits,
      entries: async (...asked) => commits.entries(...asked),
      arming,
      surroundings: { market: unknownMarket, instrumentOf: plainInstrument, brokers: new Set<string>() },
      clock: { now: () => 1_234.5 },
      pause: async () => {
        pauses += 1;
        return Promise.resolve();
      },
    });
  });

  it('commits what it decides under its key, and answers with the sequence', async () => {
    expect(await commands.handle(open, 'trace')).toEqual({
      status: 'committed',
      accountId: 'ann.main',
      seq: 1,
    });
    expect(commits.commits).toMatchObject([
      {
        cause: { kind: 'command', name: 'OpenAccount', key: 'open' },
        events: [{ type: 'AccountOpened' }],
        traceparent: 'trace',
      },
    ]);
    expect(await commands.handle(resume, '')).toMatchObject({ seq: 2 });
  });

  it('hashes the whole content, so that a key cannot be used for something else', async () => {
    await commands.handle(open, '');
    await commands.handle({ ...ann, key: 'open', name: 'OpenAccount' }, '');
    await commands.handle({ ...open, uid: 'eve' }, '');
    const [first, same, other] = commits.requests.map(({ requestHash }) => requestHash);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(same).toBe(first);
    expect(other).not.toBe(first);
  });

  it('arms from the next tick on, as it stood when the command began, and inside the gate', async () => {
    commits.given(ann, opened);
    commits.obstruct(ann, contended, async () => {
      arming.log.push('commit');
      return Promise.resolve(undefined);
    });
    await commands.handle(adopt, '');
    expect(arming.log).toEqual([`begin ${symbol}`, `look at ${symbol}`, 'commit', `end ${symbol}`]);
    expect(commits.account(ann)?.positions.get('p1')).toMatchObject({
      exits: { stopLoss: { price: '95', armedFrom: { epoch: 'e1', ordinal: 11 } } },
      openedAt: 1_235,
      contract: { currency: 'USDT' },
      status: 'open',
    });
    expect(commits.requests[0]).toMatchObject({ positionIds: ['p1'] });
  });

  it('looks at the orders that work before it takes over a position: one may wait to open its id', async () => {
    commits.given(ann, opened);
    await commands.handle(adopt, '');
    const account = commits.account(ann);
    const waiting = account && { ...account, workingOrderIds: new Set(['o1', 'o2']) };
    expect(waiting && commits.requests.at(-1)?.related?.(waiting)).toEqual({ orderIds: ['o1', 'o2'] });
  });

  it('arms a trigger likewise', async () => {
    commits.given(ann, opened);
    await commands.handle(arm, '');
    expect(commits.account(ann)?.triggers.get('t1')).toMatchObject({
      armedFrom: { epoch: 'e1', ordinal: 11 },
      status: 'active',
    });
    expect(commits.requests[0]).toMatchObject({ triggerIds: ['t1'] });
    const entry = {
      positionId: 'p9',
      symbol: 'BTC-USDT',
      side: 'long',
      quantity: '1',
      how: { kind: 'market' },
      timeInForce: 'gtc',
      priceSource: 'trade',
    } as const;
    await commands.handle(
      { ...arm, key: 'a2', trigger: { ...arm.trigger, id: 't2', action: { kind: 'open', entry } } },
      '',
    );
    expect(commits.requests[1]).toMatchObject({ orderIds: ['ann.main.t2'], positionIds: ['p9', 'p9'] });
  });

  it('arms from a given time where the command says one', async () => {
    commits.given(ann, opened);
    await commands.handle({ ...adopt, position: { ...adopt.position, armedAt: 500 } }, '');
    await commands.handle({ ...arm, trigger: { ...arm.trigger, armedAt: 600 } }, '');
    const account = commits.account(ann);
    expect(account?.positions.get('p1')).toMatchObject({
      exits: { stopLoss: { armedFrom: { at: 500 } } },
      openedAt: 500,
    });
    expect(account?.triggers.get('t1')).toMatchObject({ armedFrom: { at: 600 } });
  });

  describe('that takes back what was booked', () => {
    const eventId = 'ann.main:0000000002:0';
    const reverse = { name: 'ReverseEntry', key: 'r1', ...ann, ...by, eventId } as const satisfies Command;
    const deposit = {
      name: 'DepositFunds',
      key: 'd1',
      ...ann,
      ...by,
      currency: 'USD',
      amount: '250',
    } as const satisfies Command;

    beforeEach(async () => {
      await commands.handle(open, '');
      await commands.handle(deposit, '');
    });

    it('holds what leaves against all that is open', async () => {
      await commands.handle({ ...deposit, key: 'd2', amount: '-1' }, '');
      await commands.handle(reverse, '');
      const looked = commits.requests.map(({ allOpen = false }) => allOpen);
      expect(looked).toEqual([false, false, true, true]);
    });

    it('does so once: the same key answers the same, another is refused', async () => {
      expect(await commands.handle(reverse, '')).toMatchObject({ status: 'committed', seq: 3 });
      expect(commits.commits.at(-1)?.events).toEqual([
        { type: 'DepositReversed', reverses: eventId, currency: 'USD', amount: '-250', ...by },
      ]);
      expect(await commands.handle(reverse, '')).toMatchObject({ status: 'committed', seq: 3 });
      expect(await commands.handle({ ...reverse, key: 'r2' }, '')).toEqual({
        status: 'refused',
        reason: 'REVERSED_ALREADY',
        detail: `eventId: ${eventId}, reversedBy: ann.main:0000000003:0`,
      });
      expect(commits.account(ann)?.cash).toEqual({ USD: '0' });
    });

    it('does so once where another was faster', async () => {
      const other = { ...reverse, key: 'r2' };
      commits.obstruct(ann, async () => {
        await commands.handle(other, '');
        return undefined;
      });
      expect(await commands.handle(reverse, '')).toMatchObject({
        status: 'refused',
        reason: 'REVERSED_ALREADY',
      });
      expect(pauses).toBe(1);
      expect(commits.account(ann)?.cash).toEqual({ USD: '0' });
    });

    it('is refused where the account was reset since, and where there is no such event', async () => {
      const cash = { USD: '1000' };
      await commands.handle({ name: 'ResetShadow', key: 'reset', ...ann, ...by, cash }, '');
      expect(await commands.handle(reverse, '')).toMatchObject({
        reason: 'RESET_SINCE',
        detail: `eventId: ${eventId}, resetBy: ann.main:0000000003:0`,
      });
      for (const none of ['ann.main:0000000002:1', 'ann.main:0000000099:0'])
        expect(await commands.handle({ ...reverse, key: none, eventId: none }, '')).toMatchObject({
          reason: 'NO_SUCH_ENTRY',
        });
    });

    it('gives up where the account never stands still', async () => {
      let n = 0;
      const move = async () => {
        n += 1;
        await commands.handle({ ...deposit, key: `more-${n}` }, '');
        return undefined;
      };
      commits.obstruct(ann, ...Array.from({ length: 5 }, () => [move, unmet]).flat());
      expect(await commands.handle(reverse, '')).toMatchObject({ status: 'refused', reason: 'CONTENDED' });
    });
  });

  it('does not pass the gate when it arms nothing', async () => {
    await commands.handle(open, '');
    await commands.handle(resume, '');
    expect(arming.log).toEqual([]);
  });

  it('is refused, and may be sent again, when Firestore is overloaded', async () => {
    commits.given(ann, opened);
    commits.obstruct(ann, async () => Promise.reject(new WritesShedError('overloaded')));
    expect(await commands.handle(adopt, '')).toEqual({
      status: 'refused',
      reason: 'OVERLOADED',
      detail: 'why: not written: Firestore refuses writes for lack of quota',
    });
    expect(await commands.handle(adopt, '')).toMatchObject({ status: 'committed' });
  });

  it('is refused where it would not fit into a document, with the limit and by how much', async () => {
    commits.given(ann, opened);
    const tooLarge = new DocumentTooLargeError('the entry is long', { limit: 100, actual: 130 });
    commits.obstruct(ann, async () => Promise.reject(tooLarge));
    expect(await commands.handle(adopt, '')).toEqual({
      status: 'refused',
      reason: 'TOO_LARGE',
      detail: 'limit: 100, actual: 130, by: 30, why: the entry is long',
    });
    expect(arming.log.at(-1)).toBe(`end ${symbol}`);
  });

  const priced = () =>
    new HandleCommand({
      commits,
      arming,
      entries: async (...asked) => commits.entries(...asked),
      surroundings: {
        market: () => ({ trade: tradeAt('90') }),
        instrumentOf: plainInstrument,
        brokers: new Set<string>(),
      },
      clock: { now: () => 2_000 },
    });

  describe('that is more than one entry holds', () => {
    const many = Array.from({ length: 200 }, (_, i) => `p${i}`);
    const reset = { name: 'ResetShadow', key: 'reset', ...ann, ...by, cash: { USD: '7' } } as const;
    const adoptedAll = many.map((of): AccountEvent => ({
      type: 'PositionAdopted',
      position: positionTerms({ id: of }),
    }));
    it('is committed in steps, the last of them under its key', async () => {
      commits.given(ann, opened, { type: 'TradingResumed', ...by }, ...adoptedAll);
      commits.obstruct(ann, overgrown);
      const reply = await priced().handle(reset, 'trace');
      expect(reply).toEqual({ status: 'committed', accountId: 'ann.main', seq: 4 });
      expect(commits.commits.map(({ events }) => events.length)).toEqual([240, 240, 121]);
      expect(commits.requests.map(({ isPart }) => isPart === true)).toEqual([false, true, true, true, false]);
      expect(commits.commits.map(({ cause }) => cause)).toEqual(
        Array.from({ length: 3 }, () => ({ kind: 'command', name: 'ResetShadow', key: 'reset' })),
      );
      expect(commits.account(ann)).toMatchObject({ cash: { USD: '7' }, openPositionIds: new Set() });
    });

    it('is done once by its key, also where much is open again when it comes again', async () => {
      commits.given(ann, opened, { type: 'TradingResumed', ...by });
      const done = await priced().handle(reset, '');
      commits.add(ann, ...adoptedAll);
      commits.obstruct(ann, overgrown);
      expect(await priced().handle(reset, '')).toEqual(done);
      expect(commits.account(ann)?.openPositionIds.size).toBe(200);
    });

    it('goes on where it stopped', async () => {
      commits.given(ann, opened, { type: 'TradingResumed', ...by }, ...adoptedAll);
      commits.obstruct(ann, overgrown, ready, gone);
      await expect(priced().handle(reset, '')).rejects.toThrow('the process ends');
      expect(commits.account(ann)?.openPositionIds.size).toBe(120);
      commits.obstruct(ann, overgrown);
      expect(await priced().handle(reset, '')).toMatchObject({ status: 'committed' });
      expect(commits.account(ann)).toMatchObject({ cash: { USD: '7' }, openPositionIds: new Set() });
    });

    it('changes nothing where one of its steps is refused', async () => {
      commits.given(ann, opened, { type: 'TradingResumed', ...by }, ...adoptedAll);
      commits.obstruct(ann, overgrown);
      expect(await commands.handle(reset, '')).toMatchObject({ status: 'refused', reason: 'NO_PRICE' });
      expect(commits.commits).toEqual([]);
    });

    it('settles funding of every position once', async () => {
      commits.given(ann, opened, { type: 'TradingResumed', ...by }, ...adoptedAll, ...moreAdopted(200));
      commits.obstruct(ann, overgrown);
      const funding = {
        name: 'SettleFunding',
        key: 'f',
        ...ann,
        symbol,
        rate: '0.01',
        markPrice: '100',
      } as const;
      await priced().handle({ ...funding, at: 1e12 }, '');
      const settled = commits.commits.flatMap(({ events }) =>
        events.flatMap((event) => (event.type === 'FundingSettled' ? event.positionId : [])),
      );
      expect(commits.commits).toHaveLength(2);
      expect(new Set(settled).size).toBe(400);
      expect(settled).toHaveLength(400);
    });
  });

  it('leaves the gate when the store fails, and lets the failure through: the message comes again', async () => {
    commits.given(ann, opened);
    commits.obstruct(ann, unreachable);
    await expect(commands.handle(adopt, '')).rejects.toThrow('unreachable');
    expect(arming.log.at(-1)).toBe(`end ${symbol}`);
    expect(commits.requests).toHaveLength(1);
  });

  it('tries again when another writer is faster', async () => {
    commits.given(ann, opened);
    commits.obstruct(ann, contended, contended, contended, contended);
    expect(await commands.handle(resume, '')).toMatchObject({ status: 'committed', seq: 2 });
    expect(pauses).toBe(4);
  });

  it('gives up after five tries and commits nothing', async () => {
    commits.given(ann, opened);
    commits.obstruct(ann, ...Array.from({ length: 6 }, () => contended));
    expect(await commands.handle(resume, '')).toEqual({
      status: 'refused',
      reason: 'CONTENDED',
      detail: 'tries: 5',
    });
    expect(commits.requests).toHaveLength(5);
    expect(commits.commits).toEqual([]);
  });

  it.each<[string, CommitOutcome<never>, object]>([
    [
      'what its key committed before',
      { status: 'repeated', seq: 4 },
      { status: 'committed', accountId: 'ann.main', seq: 4 },
    ],
    [
      'the head when it changed nothing',
      { status: 'unchanged', version: 9 },
      { status: 'committed', accountId: 'ann.main', seq: 9 },
    ],
    [
      'a conflict when its key was used for something else',
      { status: 'keyReused' },
      {
        status: 'refused',
        reason: 'CONFLICT',
        detail: 'key: resume, detail: used before with other content',
      },
    ],
  ])('answers %s', async (_what, outcome, reply) => {
    commits.obstruct(ann, async () => Promise.resolve(outcome));
    expect(await commands.handle(resume, '')).toEqual(reply);
  });

  const nothing = { quantity: '0' };
  it.each<[string, readonly AccountEvent[], Command, string, string]>([
    ['an account that is not open', [], resume, 'NO_ACCOUNT', 'accountId: ann.main, tenant: acme'],
    ['an account that is open already', [opened], open, 'ACCOUNT_EXISTS', ''],
    [
      'what a halt forbids',
      [opened, halted, { type: 'PositionAdopted', position: positionTerms() }],
      { name: 'ClosePosition', key: 'close', ...ann, ...by, positionId: id, symbol, size: 'all' },
      'TRADING_HALTED',
      'scope: tenant, actor: eve, because: audit, until: 9000',
    ],
    [
      'a position that is there',
      [opened, { type: 'PositionAdopted', position: positionTerms() }],
      adopt,
      'POSITION_EXISTS',
      'positionId: p1',
    ],
    [
      'a quantity of nothing',
      [opened],
      { ...adopt, position: { ...adopt.position, ...nothing } },
      'NOT_POSITIVE',
      'field: quantity, value: 0',
    ],
  ])('refuses %s, and says which', async (_what, events, command, reason, detail) => {
    if (events.length > 0) commits.given(ann, ...events);
    expect(await commands.handle(command, '')).toEqual({ status: 'refused', reason, detail });
    expect(commits.commits).toEqual([]);
  });
});

function moreAdopted(count: number): readonly AccountEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    type: 'PositionAdopted',
    position: positionTerms({ id: `q${i}` }),
  }));
}

function tradeAt(price: string): TickReference {
  const at = { exchangeAt: 1_000, receivedAt: 1_000 };
  return { symbol, venue: 'V', epoch: 'e1', ordinal: 1, series: 'trade', price, ...at };
}

async function overgrown(): Promise<never> {
  return Promise.reject(new DocumentTooLargeError('too large', { limit: 1, actual: 2 }));
}

async function gone(): Promise<never> {
  return Promise.reject(new Error('the process ends'));
}

async function ready(): Promise<undefined> {
  return Promise.resolve(undefined);
}
