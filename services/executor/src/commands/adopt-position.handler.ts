import { adoptPosition, quoteCurrencyOf } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const adoptPositionHandler: CommandHandler<'AdoptPosition'> = {
  needs: ({ position }) => ({ positionIds: [position.id] }),
  arms: ({ position }) => position.symbol,
  decide: (account, { position }, { now, armedFrom }) => {
    const { armedAt, ...terms } = position;
    return adoptPosition(account, {
      ...terms,
      quoteCurrency: quoteCurrencyOf(terms.symbol),
      armedFrom: armedAt === undefined ? armedFrom : { at: armedAt },
      openedAt: armedAt ?? Math.round(now),
    });
  },
};
