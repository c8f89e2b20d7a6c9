import { armTrigger } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const armTriggerHandler: CommandHandler<'ArmTrigger'> = {
  needs: ({ trigger }) => ({ triggerIds: [trigger.id] }),
  arms: ({ trigger }) => trigger.symbol,
  decide: (account, { trigger }, { armedFrom }) => {
    const { armedAt, ...terms } = trigger;
    return armTrigger(account, {
      ...terms,
      armedFrom: armedAt === undefined ? armedFrom : { at: armedAt },
    });
  },
};
