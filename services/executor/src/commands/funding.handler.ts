import { ok, settleFunding } from '@bellwether/domain';
import type { CommandContext, CommandHandler, CommandOf } from './handler.ts';

export const settleFundingHandler: CommandHandler<'SettleFunding'> = {
  needs: () => ({ allOpen: true }),
  decide: settle,
  // What a position has settled up to is its own: the next step leaves out what the one before has settled.
  steps: (account, command, context) => {
    const settled = settle(account, command, context);
    return settled.ok ? ok(settled.value.map((event) => [event])) : settled;
  },
};

function settle(
  account: Parameters<typeof settleFunding>[0],
  { symbol, rate, markPrice, at }: CommandOf<'SettleFunding'>,
  { instrumentOf }: CommandContext,
) {
  return settleFunding(account, { symbol, rate, markPrice, at }, instrumentOf(symbol));
}
