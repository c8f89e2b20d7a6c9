import type { Command } from '@bellwether/contracts';
import { type AccountEvent, plainInstrument, unknownMarket } from '@bellwether/domain';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeCommits } from '../commits/commits.fake.ts';
import { ann, positionTerms } from '../ticks/armed.builder.ts';
import { HandleCommand } from './handle-command.ts';

const by = { actor: 'test', reason: 'spec' };
const opened: AccountEvent = { type: 'AccountOpened', ...ann };
const { symbol } = positionTerms();
const lock: Command = { name: 'LockSymbol', key: 'lock', ...ann, ...by, symbol, until: 5_000 };
const unlock: Command = { name: 'UnlockSymbol', key: 'unlock', ...ann, ...by, symbol };
const funding: Command = {
  name: 'SettleFunding',
  key: 'funding',
  ...ann,
  symbol,
  rate: '0.001',
  markPrice: '100',
  at: 2_000_000_000_000,
};

describe('commands about limits and funding', () => {
  let commits: FakeCommits;
  let commands: HandleCommand;

  beforeEach(() => {
    commits = new FakeCommits();
    commits.given(ann, opened, { type: 'PositionAdopted', position: positionTerms() });
    commands = new HandleCommand({
      commits,
      entries: async (...asked) => commits.entries(...asked),
      arming: { armedFromNow: () => ({ at: 0 }), arming: async (_symbol, arm) => arm() },
      surroundings: { market: unknownMarket, instrumentOf: plainInstrument, brokers: new Set<string>() },
      clock: { now: () => 1_234.5 },
    });
  });

  it('locks a symbol with a reason and an end, and unlocks it', async () => {
    expect(await commands.handle(lock, '')).toMatchObject({ status: 'committed', seq: 2 });
    expect(commits.account(ann)?.risk.locks).toEqual([{ symbol, ...by, until: 5_000 }]);
    await commands.handle(unlock, '');
    expect(commits.account(ann)?.risk.locks).toEqual([]);
    expect(await commands.handle({ ...unlock, key: 'again' }, '')).toMatchObject({ seq: 3 });
  });

  it('refuses a lock that has ended', async () => {
    expect(await commands.handle({ ...lock, until: 1_234 }, '')).toEqual({
      status: 'refused',
      reason: 'ENDS_BEFORE_NOW',
      detail: 'until: 1234',
    });
  });

  it('settles an interval once, whoever sends it again under another key', async () => {
    await commands.handle(funding, '');
    expect(commits.commits.at(-1)?.events).toMatchObject([
      { type: 'FundingSettled', positionId: 'p1', symbol, rate: '0.001' },
    ]);
    expect(commits.requests.at(-1)).toMatchObject({ allOpen: true });
    expect(await commands.handle({ ...funding, key: 'other' }, '')).toMatchObject({ seq: 2 });
    expect(commits.commits).toHaveLength(1);
  });

  it('looks at all that is open, whatever is asked, where losses are limited', async () => {
    commits.given(ann, opened, {
      type: 'AccountConfigured',
      settings: { currency: 'USD', limits: { maxDailyLoss: '5' }, fills: { kind: 'exact' } },
      ...by,
    });
    await commands.handle(lock, '');
    const account = commits.account(ann);
    expect(account && commits.requests.at(-1)?.related?.(account)).toEqual({ allOpen: true });
    expect(commits.commits.at(-1)?.events).toMatchObject([
      { type: 'SymbolLocked' },
      { type: 'EquityMarked', equity: '0' },
    ]);
  });
});
