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
});
