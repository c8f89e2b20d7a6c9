import { abandonExit, adoptOrder, cancelOrder, openPosition, reducePosition } from '@bellwether/domain';
import { endingWith } from '../commits/decide-execution.ts';
import type { CommandContext, CommandHandler } from './handler.ts';

const placing = (symbol: string, context: CommandContext) => ({
  ...context,
  now: Math.round(context.now),
  instrument: context.instrumentOf(symbol),
});

export const openPositionHandler: CommandHandler<'OpenPosition'> = {
  needs: ({ accountId, order, entry }) => ({
    positionIds: [entry.positionId],
    orderIds: [`${accountId}.${order}`],
    allOpen: true,
  }),
  arms: ({ entry }) => entry.symbol,
  decide: (account, { order, entry }, context) =>
    openPosition(account, order, entry, placing(entry.symbol, context)),
};

export const reducePositionHandler: CommandHandler<'ReducePosition'> = {
  needs: ({ accountId, order, exit }) => ({
    positionIds: [exit.positionId],
    orderIds: [`${accountId}.${order}`],
  }),
  related: (account) => ({ orderIds: endingWith(account) }),
  arms: ({ exit }) => exit.symbol,
  decide: (account, { order, exit }, context) =>
    reducePosition(account, order, exit, placing(exit.symbol, context)),
};

export const cancelOrderHandler: CommandHandler<'CancelOrder'> = {
  needs: ({ accountId, order }) => ({ orderIds: [`${accountId}.${order}`] }),
  related: ({ orders }, { accountId, order }) => {
    const found = orders.get(`${accountId}.${order}`);
    return found === undefined ? {} : { positionIds: [found.positionId] };
  },
  decide: (account, { accountId, order, actor, reason }) =>
    cancelOrder(account, { orderId: `${accountId}.${order}`, by: { actor, reason } }),
};

export const adoptOrderHandler: CommandHandler<'AdoptOrder'> = {
  needs: ({ accountId, order, adoption }) => ({
    positionIds: [adoption.positionId],
    orderIds: [`${accountId}.${order}`],
    allOpen: true,
  }),
  arms: ({ adoption }) => adoption.symbol,
  decide: (account, { order, adoption }, context) =>
    adoptOrder(account, order, adoption, placing(adoption.symbol, context)),
};

export const abandonExitHandler: CommandHandler<'AbandonExit'> = {
  needs: ({ positionId }) => ({ positionIds: [positionId] }),
  decide: (account, { orderId, actor, reason }, { now }) =>
    abandonExit(account, { orderId, by: { actor, reason } }, { now }),
};
