import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import type { Copies } from '../account/copies.ts';
import { excluding, including } from '../account/id-set.ts';
import type { Signal } from './signal.ts';

type SignalEvent = Extract<
  AccountEvent,
  { type: 'SignalCreated' | 'SignalActedOn' | 'SignalExpired' | 'SignalClosed' }
>;

/** The account's signals after an event of one. */
export function evolveSignals(account: Account, event: SignalEvent, copies: Copies): Account {
  if (event.type === 'SignalCreated') {
    const { signal } = event;
    return {
      ...withSignal(account, { ...signal, status: 'active' }, copies),
      activeSignalIds: including(account.activeSignalIds, signal.id, copies),
    };
  }
  const { signalId } = event;
  const signal = account.signals.get(signalId);
  const after = signal === undefined ? account : withSignal(account, evolveSignal(signal, event), copies);
  return { ...after, activeSignalIds: excluding(account.activeSignalIds, signalId, copies) };
}

function evolveSignal(signal: Signal, event: Exclude<SignalEvent, { type: 'SignalCreated' }>): Signal {
  switch (event.type) {
    case 'SignalActedOn':
      return { ...signal, status: 'actedOn', outcome: event.outcome };
    case 'SignalExpired':
      return { ...signal, status: 'expired' };
    case 'SignalClosed':
      return { ...signal, status: 'closed' };
  }
}

function withSignal(account: Account, signal: Signal, copies: Copies): Account {
  return { ...account, signals: copies.ofMap(account.signals).set(signal.id, signal) };
}
