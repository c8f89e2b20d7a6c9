import { armTrigger } from '@bellwether/domain';
import { needsOfAction } from '../commits/decide-execution.ts';
import type { CommandHandler } from './handler.ts';

export const armTriggerHandler: CommandHandler<'ArmTrigger'> = {
  // What its action is about is looked at now, so that nothing has to be read when it fires.
  needs: (command) => {
    const { trigger } = command;
    const { triggerIds = [], ...needs } = needsOfAction(command, trigger);
    return { ...needs, triggerIds: [...triggerIds, trigger.id] };
  },
  arms: ({ trigger }) => trigger.symbol,
  decide: (account, { trigger }, { armedFrom }) => {
    const { armedAt, ...terms } = trigger;
    return armTrigger(account, {
      ...terms,
      armedFrom: armedAt === undefined ? armedFrom : { at: armedAt },
    });
  },
};
