import { settleFunding } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const settleFundingHandler: CommandHandler<'SettleFunding'> = {
  needs: () => ({ allOpen: true }),
  decide: (account, { symbol, rate, markPrice, at }, { instrumentOf }) =>
    settleFunding(account, { symbol, rate, markPrice, at }, instrumentOf(symbol)),
};
