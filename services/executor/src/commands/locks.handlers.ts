import { lockSymbol, unlockSymbol } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const lockSymbolHandler: CommandHandler<'LockSymbol'> = {
  decide: (account, { symbol, actor, reason, until }, context) =>
    lockSymbol(account, { symbol, actor, reason, ...(until === undefined ? {} : { until }) }, context),
};

export const unlockSymbolHandler: CommandHandler<'UnlockSymbol'> = {
  decide: (account, { symbol, actor, reason }) => unlockSymbol(account, { symbol, actor, reason }),
};
