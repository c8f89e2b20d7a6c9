import { haltTrading, resumeTrading } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const resumeTradingHandler: CommandHandler<'ResumeTrading'> = {
  decide: (account, { actor, reason }) => resumeTrading(account, { actor, reason }),
};

export const haltTradingHandler: CommandHandler<'HaltTrading'> = {
  decide: (account, { name: _name, key: _key, tenant: _t, uid: _u, accountId: _a, ...request }, context) =>
    haltTrading(account, request, context),
};
