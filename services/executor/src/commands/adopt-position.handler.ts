import { adoptPosition, brokerOf } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const adoptPositionHandler: CommandHandler<'AdoptPosition'> = {
  needs: ({ position }) => ({ positionIds: [position.id] }),
  // One of them may wait to open a position under its id.
  related: ({ workingOrderIds }) => ({ orderIds: [...workingOrderIds] }),
  arms: ({ position }) => position.symbol,
  decide: (account, { position }, { now, armedFrom, instrumentOf }) => {
    const { armedAt, ...terms } = position;
    const { contract, lotSize, tickSize, minNotional } = instrumentOf(terms.symbol);
    return adoptPosition(account, {
      ...terms,
      contract,
      ...(lotSize === undefined ? {} : { lotSize }),
      ...(tickSize === undefined ? {} : { tickSize }),
      minNotional,
      broker: brokerOf(account),
      armedFrom: armedAt === undefined ? armedFrom : { at: armedAt },
      openedAt: armedAt ?? Math.round(now),
    });
  },
};
