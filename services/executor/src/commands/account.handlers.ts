import {
  configureAccount,
  depositFunds,
  measuresEquity,
  openAccount,
  resetShadow,
  resetSteps,
  reverseEntry,
} from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const openAccountHandler: CommandHandler<'OpenAccount'> = {
  opensAccount: true,
  decide: (_account, command, { isOpen }) => openAccount(isOpen, command),
};

export const configureAccountHandler: CommandHandler<'ConfigureAccount'> = {
  // Limits on losses count from now: whatever is open is valued.
  needs: (command) => ({ allOpen: measuresEquity(command) }),
  decide: (account, { settings, actor, reason }, { brokers }) =>
    configureAccount(account, { settings, actor, reason }, { brokers }),
};

export const depositFundsHandler: CommandHandler<'DepositFunds'> = {
  // What leaves is held against what closing all positions would cost.
  needs: ({ amount }) => ({ allOpen: amount.startsWith('-') }),
  decide: (account, { currency, amount, actor, reason }, context) =>
    depositFunds(account, { currency, amount, actor, reason }, context),
};

export const reverseEntryHandler: CommandHandler<'ReverseEntry'> = {
  takesBack: ({ eventId }) => eventId,
  needs: () => ({ allOpen: true }),
  decide: (account, { eventId, actor, reason }, context) =>
    reverseEntry(account, { eventId, actor, reason }, context.booked, context),
};

export const resetShadowHandler: CommandHandler<'ResetShadow'> = {
  needs: () => ({ allOpen: true }),
  related: ({ activeTriggerIds }) => ({ triggerIds: [...activeTriggerIds] }),
  decide: (account, { cash, actor, reason }, context) =>
    resetShadow(account, { cash, actor, reason }, context),
  steps: (account, { cash, actor, reason }, context) => resetSteps(account, { cash, actor, reason }, context),
};
