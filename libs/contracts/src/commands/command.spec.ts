import { describe, expect, it } from '@jest/globals';
import { mainAccount } from '../ids.ts';
import { Amount } from './amounts.ts';
import { Command, mostArmed } from './command.ts';

const halt = {
  name: 'HaltTrading',
  key: 'k',
  ...mainAccount('acme', 'ann'),
  actor: 'test',
  reason: '',
} as const;

const amend = (offset: string) =>
  Command.safeParse({
    ...halt,
    name: 'AmendExits',
    positionId: 'p',
    symbol: 'SPY',
    exits: { breakEven: { after: { price: '110' }, offset } },
  });

describe('a command', () => {
  it('names an account of its user', () => {
    expect(Command.parse(halt)).toEqual(halt);
  });

  it.each([
    ['of another user', { accountId: 'bob.main' }],
    ['of a user whose id only begins alike', { uid: 'an' }],
  ])('does not name one %s', (_what, change) => {
    const parsed = Command.safeParse({ ...halt, ...change });
    expect(parsed.error?.issues.map(({ path }) => path)).toEqual([['accountId']]);
  });

  it.each([
    ['as much as can be booked', '9'.repeat(18) + '.' + '9'.repeat(18), true],
    ['a digit more before the point', '1' + '0'.repeat(18), false],
    ['a digit more after it', '0.' + '0'.repeat(18) + '1', false],
    ['nothing', '0', false],
    ['a debt', '-1', false],
  ])('takes a quantity of %s: %s', (_what, quantity, isTaken) => {
    const position = {
      id: 'p',
      symbol: 'SPY',
      side: 'long',
      entryPrice: '1',
      priceSource: 'trade',
      exits: {},
    };
    const { actor: _actor, reason: _reason, ...of } = halt;
    const adopt = { ...of, name: 'AdoptPosition', position: { ...position, quantity } };
    expect(Command.safeParse(adopt).success).toBe(isTaken);
  });

  it('takes an offset of the entry, to either side, that can be counted with it', () => {
    expect(['-0.5', '0', '2'].map((offset) => amend(offset).success)).toEqual([true, true, true]);
    expect(['9'.repeat(19), `0.${'0'.repeat(18)}1`].map((offset) => amend(offset).success)).toEqual([
      false,
      false,
    ]);
  });

  const fills = {
    kind: 'modelled',
    spreadPercent: '0.1',
    slippagePercent: '0',
    makerFeePercent: '0.1',
    takerFeePercent: '100',
    feeAsset: { currency: 'BNB', rate: '0.0017' },
  };
  const settings = { currency: 'USDT', limits: { maxDailyLoss: '50' }, fills };

  it.each([
    ['as usual', settings, true],
    ['in a currency that nothing can be deposited in', { ...settings, currency: 'usdt' }, false],
    ['with a fee of more than all', { ...settings, fills: { ...fills, takerFeePercent: '100.01' } }, false],
    ['with a fee below zero', { ...settings, fills: { ...fills, makerFeePercent: '-0.1' } }, false],
    [
      'with a fee in so small coins that no booking holds them',
      { ...settings, fills: { ...fills, feeAsset: { currency: 'BNB', rate: '1'.repeat(13) } } },
      false,
    ],
    ['with a limit of too many digits', { ...settings, limits: { maxDrawdown: '9'.repeat(19) } }, false],
  ])('sets up an account %s: %#', (_what, asked, isTaken) => {
    const command = { ...halt, name: 'ConfigureAccount', settings: asked };
    expect(Command.safeParse(command).success).toBe(isTaken);
  });

  it('is told once what is wrong with an amount', () => {
    const wrong = ['1e3', '-1', '0', '9'.repeat(60)].map((amount) => Amount.safeParse(amount));
    expect(wrong.map(({ error }) => error?.issues.map(({ message }) => message))).toEqual([
      ['must be plain decimal text of at most 18 digits before the point and 18 after it'],
      ['must be more than zero'],
      ['must be more than zero'],
      ['must be plain decimal text of at most 18 digits before the point and 18 after it'],
    ]);
  });

  it.each(['.', '..', '__all__', '', 'a/b'])('does not take "%s" for a key', (key) => {
    expect(Command.safeParse({ ...halt, key }).success).toBe(false);
  });
});

const timed = { symbol: 'SPY', priceSource: 'trade', when: { kind: 'time', at: 5 } } as const;
const bought = {
  positionId: 'p',
  symbol: 'SPY',
  side: 'long',
  quantity: '1',
  how: { kind: 'market' },
  timeInForce: 'gtc',
  priceSource: 'trade',
  exits: { targets: [{ price: '9', size: { share: '0.5' } }] },
} as const;
const { actor: _actor, reason: _reason, ...ofAnn } = halt;

/** A trigger that does this, armed by so many others, one after the other. */
function chainOf(armed: number, action: object = { kind: 'notify' }): object {
  const trigger = { id: `t${armed}`, ...timed, action };
  return armed === 0 ? trigger : chainOf(armed - 1, { kind: 'arm', trigger });
}

function issuesOf(trigger: object): (string | undefined)[] {
  const parsed = Command.safeParse({ ...ofAnn, name: 'ArmTrigger', trigger });
  return parsed.error?.issues.map(({ path }) => path.join('.')) ?? [];
}

describe('what a trigger will do', () => {
  it.each(['a/b', '', '.', '__p__', 'p'.repeat(65)])(
    'names nothing "%s", which is no document: it would fail each time it fires',
    (id) => {
      const actions: [object, string][] = [
        [{ kind: 'open', entry: { ...bought, positionId: id } }, 'entry.positionId'],
        [{ kind: 'close', positionId: id }, 'positionId'],
        [{ kind: 'amend', positionId: id, exits: {} }, 'positionId'],
        [{ kind: 'arm', trigger: { ...timed, id, action: { kind: 'notify' } } }, 'trigger.id'],
      ];
      for (const [action, path] of actions) {
        expect(issuesOf(chainOf(0, action))).toEqual([`trigger.action.${path}`]);
        expect(issuesOf(chainOf(1, action))).toEqual([`trigger.action.trigger.action.${path}`]);
      }
    },
  );

  it('names symbols as they are written', () => {
    expect(issuesOf(chainOf(0, { kind: 'open', entry: { ...bought, symbol: 'spy' } }))).toEqual([
      'trigger.action.entry.symbol',
    ]);
    const armed = { ...timed, id: 'u', symbol: 'spy', action: { kind: 'notify' } };
    expect(issuesOf(chainOf(0, { kind: 'arm', trigger: armed }))).toEqual(['trigger.action.trigger.symbol']);
    const acted = { ...halt, name: 'ActOnSignal', signalId: 's', symbol: 'SPY', as: 'o' };
    expect(Command.safeParse({ ...acted, entry: bought }).success).toBe(true);
    expect(Command.safeParse({ ...acted, entry: { ...bought, positionId: 'a/b' } }).success).toBe(false);
  });

  it('arms one after the other as many as a document holds, and no more', () => {
    const open = { kind: 'open', entry: bought };
    expect(issuesOf(chainOf(mostArmed, open))).toEqual([]);
    expect(issuesOf(chainOf(mostArmed + 1, open))).toEqual([
      `trigger.action.${'trigger.action.'.repeat(mostArmed)}trigger`,
    ]);
    expect(issuesOf(chainOf(5_000))).toHaveLength(1);
  });
});
