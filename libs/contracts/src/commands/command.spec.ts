import { describe, expect, it } from '@jest/globals';
import { mainAccount } from '../ids.ts';
import { Command } from './command.ts';

const halt = {
  name: 'HaltTrading',
  key: 'k',
  ...mainAccount('acme', 'ann'),
  actor: 'test',
  reason: '',
} as const;

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

  it.each(['.', '..', '__all__', '', 'a/b'])('does not take "%s" for a key', (key) => {
    expect(Command.safeParse({ ...halt, key }).success).toBe(false);
  });
});
