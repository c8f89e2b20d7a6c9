import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { shadowBroker } from '../account/settings.ts';
import { type ArmedFrom, type TickReference, after, isAtOrAfter } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';
import { type Quantity, compareTexts, isPositive, least } from '../units.ts';
import { breakEvenShift } from './break-even.ts';
import { whileClosing } from './close-position.ts';
import type { Target, TrailingStop } from './exits.ts';
import { fillExit } from './fill-exit.ts';
import { targetOfLine, workingOfLine } from './lines-of-position.ts';
import {
  type Position,
  type PositionState,
  type WorkingExit,
  availableQuantity,
  maxExiting,
  nextExitOrder,
} from './position.ts';
import { sizeOfTarget } from './target-size.ts';

/** A line of a position that a tick has reached, as the trigger book saw it. */
export interface FiredExit {
  readonly positionId: string;
  /** Which line: as `linesOfPosition` names it. */
  readonly lineId: string;
  /** Where it stood, decimal text; of a trailing stop, at that tick. */
  readonly level: string;
  readonly tick: TickReference;
  readonly late: boolean;
  readonly lagMs: number;
}

export type ExitRefusal =
  | { readonly reason: 'TRADING_HALTED' }
  | { readonly reason: 'NO_OPEN_POSITION' }
  /** Orders for all of it, for all of this target, or as many as it may have, are with a broker. */
  | { readonly reason: 'CLOSING' }
  | { readonly reason: 'NOT_ARMED' }
  | { readonly reason: 'BEFORE_ARMED' }
  | { readonly reason: 'LEVEL_NOT_REACHED' };

/**
 * What a position does at a line that was reached: closes, all or a rung's share; moves its stop; or starts
 * to trail. Closing is an order first. The shadow broker fills it at once, so that intent and fill are
 * events of one commit, or in parts, tick by tick, where its model bounds them by what traded; another broker's
 * order is committed here, and sent by whoever follows the journal.
 */
export function executeExit(
  account: Account,
  fired: FiredExit,
): Result<readonly AccountEvent[], ExitRefusal> {
  const position = account.positions.get(fired.positionId);
  if (position === undefined || position.status === 'closed') return refuse({ reason: 'NO_OPEN_POSITION' });
  const working = workingOfLine(position, fired.lineId);
  if (working !== undefined) return fillRest(account, position, working, fired.tick);
  const line = armedLine(position, fired);
  if (line === undefined) return refuse({ reason: 'NOT_ARMED' });
  if (account.trading === 'halted') return refuse({ reason: 'TRADING_HALTED' });
  if (!isAtOrAfter(fired.tick, line.armedFrom)) return refuse({ reason: 'BEFORE_ARMED' });
  if (!line.isReached) return refuse({ reason: 'LEVEL_NOT_REACHED' });

  const { tick } = fired;
  if (line.does === 'activate') return ok([activated(position, line.trailing, tick)]);
  if (line.does === 'breakEven') {
    const moved = breakEvenShift(position, { tick });
    return moved === undefined ? refuse({ reason: 'NOT_ARMED' }) : ok([moved]);
  }
  const available = availableQuantity(position);
  const quantity =
    line.target === undefined ? available : least(available, sizeOfTarget(position, line.target));
  if (!isPositive(quantity) || isExitedBy(position, line)) return refuse({ reason: 'CLOSING' });
  return ok(whileClosing(account, position, quantity, exit(account, position, fired, { ...line, quantity })));
}

/** What is left of a closing order that the shadow broker has filled in part. */
function fillRest(
  account: Account,
  position: Position,
  working: WorkingExit,
  tick: TickReference,
): Result<readonly AccountEvent[], ExitRefusal> {
  if (account.trading === 'halted') return refuse({ reason: 'TRADING_HALTED' });
  if (working.armedFrom !== undefined && !isAtOrAfter(tick, working.armedFrom))
    return refuse({ reason: 'BEFORE_ARMED' });
  return ok(fillExit(account, position, working, tick));
}

type ArmedLine = {
  readonly armedFrom: ArmedFrom;
  readonly isReached: boolean;
} & (
  | { readonly does: 'activate'; readonly trailing: TrailingStop }
  | { readonly does: 'breakEven' }
  | { readonly does: keyof typeof triggeredBy; readonly target?: Target }
);

const triggeredBy = {
  stopLoss: 'StopTriggered',
  takeProfit: 'TargetTriggered',
  trailingStop: 'TrailingStopTriggered',
  timeExit: 'TimeExitTriggered',
} as const;

/** The line as the position has it now, and whether the tick reaches it. */
function armedLine(position: Position, { lineId, level, tick }: FiredExit): ArmedLine | undefined {
  const { stopLoss, trailing, breakEven: shift, timeExit } = position.exits;
  const isAtLoss = (price: string): boolean => isBeyond(position, tick.price, price, 'loss');
  const isAtGain = (price: string): boolean => isBeyond(position, tick.price, price, 'gain');
  if (lineId === 'stop' && stopLoss !== undefined)
    return { does: 'stopLoss', armedFrom: stopLoss.armedFrom, isReached: isAtLoss(stopLoss.price) };
  if (lineId === 'trail' && trailing !== undefined && trailing.activation === undefined)
    return { does: 'trailingStop', armedFrom: trailing.armedFrom, isReached: isAtLoss(level) };
  if (lineId === 'activation' && trailing?.activation !== undefined)
    return { does: 'activate', ...trailing, trailing, isReached: isAtGain(trailing.activation) };
  if (lineId === 'break-even' && shift !== undefined && 'price' in shift.after)
    return { does: 'breakEven', armedFrom: shift.armedFrom, isReached: isAtGain(shift.after.price) };
  if (lineId === 'time' && timeExit !== undefined)
    return { does: 'timeExit', armedFrom: timeExit.armedFrom, isReached: tick.exchangeAt >= timeExit.at };
  const target = targetOfLine(position.exits, lineId);
  if (target === undefined) return undefined;
  return { does: 'takeProfit', armedFrom: target.armedFrom, isReached: isAtGain(target.price), target };
}

/** Closing orders of targets leave so many places to what protects. */
const keptForProtection = 8;

/**
 * A target has one order at a time: how much it is to close was counted for that one. Nor has it any while the position has as many
 * out as it may.
 */
function isExitedBy({ exiting }: PositionState, { target }: { readonly target?: Target }): boolean {
  if (target === undefined || exiting.length === 0) return false;
  return (
    exiting.length >= maxExiting - keptForProtection || exiting.some(({ targetId }) => targetId === target.id)
  );
}

function isBeyond({ side }: Position, price: string, level: string, way: 'loss' | 'gain'): boolean {
  const fromLevel = compareTexts(price, level);
  return (side === 'long') === (way === 'loss') ? fromLevel <= 0 : fromLevel >= 0;
}

function exit(
  account: Account,
  position: PositionState,
  { level, tick, late, lagMs }: FiredExit,
  line: { does: keyof typeof triggeredBy; target?: Target; quantity: Quantity },
): AccountEvent[] {
  const { id: positionId, symbol } = position;
  const { does: reason, quantity, target } = line;
  const order = nextExitOrder(account.accountId, position, quantity);
  const which = target === undefined ? {} : { targetId: target.id };
  const type = triggeredBy[reason];
  const triggered = { type, positionId, symbol, level, tick, order, late, lagMs, ...which };
  if (position.broker !== shadowBroker) return [triggered];
  return [triggered, ...fillExit(account, position, { order, reason, ...which }, tick)];
}

function activated(
  { id: positionId, symbol }: PositionState,
  { activation: _reached, ...trailing }: TrailingStop,
  tick: TickReference,
): AccountEvent {
  return {
    type: 'TrailingStopActivated',
    positionId,
    symbol,
    trailing: { ...trailing, start: tick.price, armedFrom: after(tick) },
    tick,
  };
}
