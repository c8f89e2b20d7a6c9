import { actOnSignal, closeSignal, createSignal, refuse } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const createSignalHandler: CommandHandler<'CreateSignal'> = {
  needs: ({ signal }) => ({ signalIds: [signal.id] }),
  arms: ({ signal }) => signal.symbol,
  decide: (account, { signal }, { now, armedFrom }) =>
    createSignal(account, { ...signal, armedFrom, createdAt: Math.round(now) }),
};

export const actOnSignalHandler: CommandHandler<'ActOnSignal'> = {
  needs: ({ accountId, signalId, as, entry }) => ({
    signalIds: [signalId],
    triggerIds: [as],
    orderIds: [`${accountId}.${as}`],
    ...(entry === undefined ? {} : { positionIds: [entry.positionId] }),
    allOpen: true,
  }),
  related: ({ signals }, { signalId }) => {
    const entry = signals.get(signalId)?.entry;
    return { allOpen: true, ...(entry === undefined ? {} : { positionIds: [entry.positionId] }) };
  },
  arms: ({ symbol }) => symbol,
  decide: (account, { signalId, symbol, as, entry, actor, reason }, context) => {
    const signal = account.signals.get(signalId);
    if (signal !== undefined && signal.symbol !== symbol)
      return refuse({ reason: 'OTHER_SYMBOL', field: 'symbol', value: symbol, signal: signal.symbol });
    const request = {
      signalId,
      name: as,
      ...(entry === undefined ? {} : { entry }),
      by: { actor, reason },
    };
    const instrument = context.instrumentOf(symbol);
    return actOnSignal(account, request, { ...context, now: Math.round(context.now), instrument });
  },
};

export const closeSignalHandler: CommandHandler<'CloseSignal'> = {
  needs: ({ signalId }) => ({ signalIds: [signalId] }),
  decide: (account, { signalId, actor, reason }) => closeSignal(account, { signalId, by: { actor, reason } }),
};
