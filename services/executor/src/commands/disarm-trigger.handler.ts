import { disarmTrigger } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const disarmTriggerHandler: CommandHandler<'DisarmTrigger'> = {
  needs: ({ triggerId }) => ({ triggerIds: [triggerId] }),
  decide: (account, { triggerId, actor, reason }) =>
    disarmTrigger(account, { triggerId, by: { actor, reason } }),
};
