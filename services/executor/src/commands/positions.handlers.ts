import { amendExits, refuse, requestClose } from '@bellwether/domain';
import { endingWith } from '../commits/decide-execution.ts';
import type { CommandHandler } from './handler.ts';

export const amendExitsHandler: CommandHandler<'AmendExits'> = {
  needs: ({ positionId }) => ({ positionIds: [positionId] }),
  arms: ({ symbol }) => symbol,
  decide: (account, { positionId, symbol, exits, actor, reason }, context) => {
    const position = account.positions.get(positionId);
    if (position !== undefined && position.symbol !== symbol)
      return refuse({ reason: 'OTHER_SYMBOL', field: 'symbol', value: symbol, position: position.symbol });
    const { armedFrom, instrumentOf } = context;
    const by = { actor, reason };
    return amendExits(account, { positionId, exits, by }, { ...instrumentOf(symbol), armedFrom });
  },
};

export const closePositionHandler: CommandHandler<'ClosePosition'> = {
  needs: ({ positionId }) => ({ positionIds: [positionId] }),
  related: (account) => ({ orderIds: endingWith(account) }),
  arms: ({ symbol }) => symbol,
  decide: (account, { positionId, symbol, size, actor, reason }, context) => {
    const position = account.positions.get(positionId);
    if (position !== undefined && position.symbol !== symbol)
      return refuse({ reason: 'OTHER_SYMBOL', field: 'symbol', value: symbol, position: position.symbol });
    const by = { actor, reason };
    const { minNotional } = context.instrumentOf(symbol);
    return requestClose(account, { positionId, size, reason: 'manual', by }, { ...context, minNotional });
  },
};
