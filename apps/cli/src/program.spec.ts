import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { bellwether } from './program.ts';

function withAllBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withAllBelow)];
}

const all = withAllBelow(bellwether()).map((command) => [pathOf(command), command] as const);

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function helpOf(name: string): string {
  return all.find(([path]) => path === name)?.[1].helpInformation() ?? '';
}

describe('the help', () => {
  it.each(all)('of %s describes it and all its options, on lines of 80 columns', (_, command) => {
    expect(command.description()).not.toBe('');
    expect(command.options.filter(({ description }) => description === '')).toEqual([]);
    expect(
      command
        .helpInformation()
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  it('says of each option whether it is required, what it may be, and what it is without', () => {
    expect(helpOf('bellwether kill engage')).toMatch(
      /--scope <scope> +whose trading \(required; one of account, user, tenant,\s+global\)/,
    );
    expect(helpOf('bellwether start')).toContain('how many times as fast as the tape (default: 1)');
    expect(helpOf('bellwether start')).toMatch(/--no-demo +adds no demo users and positions\n/);
    expect(helpOf('bellwether replay')).toMatch(
      /--tape <file> +a tape \(.csv.gz\) of trades or quotes; may be given again\s+\(required\)/,
    );
    expect(helpOf('bellwether')).toMatch(/\nTrade:\n[^]*\n {2}kill +halts trading/);
  });
});
