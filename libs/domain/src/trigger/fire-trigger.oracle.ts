/** A trigger in plain numbers: whole prices, milliseconds. */
export interface PlainTrigger {
  readonly id: string;
  readonly symbol: string;
  readonly when:
    | { readonly above: number }
    | { readonly below: number }
    | { readonly at: number }
    | { readonly moves: 'up' | 'down' | 'either'; readonly ppm: number; readonly within: number };
  readonly does:
    | 'notify'
    | { readonly open: string; readonly of: string }
    | { readonly close: string }
    | { readonly amend: string }
    | { readonly arm: PlainTrigger };
  readonly coolDown?: number;
  /** Only with a cool-down. */
  readonly times?: number;
  readonly end?: number;
}

export type PlainStep =
  | { readonly do: 'arm'; readonly trigger: PlainTrigger }
  | { readonly do: 'disarm'; readonly id: string }
  | { readonly do: 'switch'; readonly to: 'active' | 'reducing' | 'halted' }
  | { readonly do: 'tick'; readonly symbol: string; readonly at: number; readonly price: number };

interface Tick {
  readonly step: number;
  readonly symbol: string;
  readonly at: number;
  readonly price: number;
}

interface Watched {
  readonly trigger: PlainTrigger;
  /** Which ticks count for it: those of later steps, or those of a moment on. */
  from: { readonly after: number } | { readonly at: number };
  fired: number;
  isActive: boolean;
}

/**
 * What becomes of triggers, by the rules in words, a line for each thing that happens.
 *
 * A trigger counts from the step after it was armed; one that another arms from the next tick, or on another symbol from
 * the tick's time on. At each tick that counts, those of the tick's symbol whose condition is met are asked in the order
 * of arming, then those whose end is here: one whose end is here is over, whatever the price; any other fires. With
 * a cool-down it counts again from so long after the tick on (a millisecond at least), unless it has fired as often
 * as it may, or its end comes first. What it arms or opens when it fires again is the one that it names while that is
 * there or new, and another where that is over: its next round. What it closes or amends is likewise the position that
 * it names, or the latest round of it that is open. A halted account fires only what moves nothing there, a reducing one
 * nothing that opens.
 */
export function plainTriggers(steps: readonly PlainStep[]): string[] {
  const said: string[] = [];
  const ticks: Tick[] = [];
  const watched: Watched[] = [];
  const positions = new Map<string, { readonly symbol: string; isOpen: boolean; isAmended: boolean }>();
  let trading: 'active' | 'reducing' | 'halted' = 'active';

  const arm = (trigger: PlainTrigger, from: Watched['from']): string => {
    if (watched.some((other) => other.trigger.id === trigger.id)) return 'TRIGGER_EXISTS';
    watched.push({ trigger, from, fired: 0, isActive: true });
    return `armed ${trigger.id}`;
  };
  const open = (id: string, of: string, firing: number): string => {
    const named = positions.get(id);
    const name = named !== undefined && !named.isOpen && firing > 1 ? `${id}-${firing}` : id;
    const held = positions.get(name);
    if (held?.isOpen === false) return 'POSITION_CLOSED';
    if (held !== undefined && held.symbol !== of) return 'OTHER_POSITION';
    if (ticks.every(({ symbol }) => symbol !== of)) return 'NO_PRICE';
    if (held === undefined) positions.set(name, { symbol: of, isOpen: true, isAmended: false });
    return `${held === undefined ? 'opened' : 'added to'} ${name}`;
  };
  const perform = ({ trigger, fired }: Watched, tick: Tick): string | undefined => {
    const { does } = trigger;
    if (does === 'notify') return undefined;
    if ('arm' in does) {
      const isSame = does.arm.symbol === trigger.symbol;
      const named = watched.find((other) => other.trigger.id === does.arm.id);
      const isAnother = named?.isActive === false && fired > 1;
      const next = isAnother ? { ...does.arm, id: `${does.arm.id}_${fired}` } : does.arm;
      return arm(next, isSame ? { after: tick.step } : { at: tick.at });
    }
    if ('open' in does) return open(does.open, does.of, fired);
    const named = 'close' in does ? does.close : does.amend;
    const rounds = [...positions].filter(([id, { isOpen }]) => isOpen && id.startsWith(`${named}-`));
    const latest = rounds.toSorted(([a], [b]) => Number(b.split('-')[1]) - Number(a.split('-')[1]))[0];
    const own = positions.get(named);
    const [name, held] = own?.isOpen === true ? [named, own] : (latest ?? []);
    if (held === undefined) return 'NO_OPEN_POSITION';
    if ('close' in does) {
      held.isOpen = false;
      return `closed ${name}`;
    }
    const isSame = held.isAmended;
    held.isAmended = true;
    return isSame ? undefined : `amended ${name}`;
  };
  const counts = ({ trigger, from }: Watched, { symbol, at, step }: Tick): boolean =>
    symbol === trigger.symbol && ('at' in from ? at >= from.at : step > from.after);
  const isReached = (each: Watched, tick: Tick): boolean =>
    counts(each, tick) &&
    isMet(
      each.trigger.when,
      tick,
      ticks.filter((other) => counts(each, other)),
    );
  const endAt = (each: Watched, { at, step }: Tick): boolean => {
    const { id, end } = each.trigger;
    if (end === undefined || at < end) return false;
    each.isActive = false;
    said.push(`expired ${id} at ${step}`);
    return true;
  };
  const fire = (each: Watched, tick: Tick): void => {
    const { id, end, coolDown, times, does } = each.trigger;
    const movesNothing = does === 'notify' || 'arm' in does;
    if (trading === 'halted' && !movesNothing) return;
    if (trading === 'reducing' && typeof does === 'object' && 'open' in does) return;
    each.fired += 1;
    const again = coolDown === undefined ? undefined : tick.at + Math.max(1, coolDown);
    const isDone = again === undefined || each.fired >= (times ?? Infinity) || again >= (end ?? Infinity);
    if (isDone) each.isActive = false;
    else each.from = { at: again };
    said.push(`fired ${id} at ${tick.step}${isDone ? '' : `, again from ${again}`}`);
    const done = perform(each, tick);
    if (done !== undefined) said.push(/^[A-Z_]+$/.test(done) ? `${id} could not: ${done}` : done);
  };

  for (const [step, asked] of steps.entries()) {
    switch (asked.do) {
      case 'arm':
        said.push(arm(asked.trigger, { after: step }));
        break;
      case 'disarm': {
        const found = watched.find(({ trigger, isActive }) => isActive && trigger.id === asked.id);
        said.push(found === undefined ? 'NOT_ACTIVE' : `disarmed ${asked.id}`);
        if (found !== undefined) found.isActive = false;
        break;
      }
      case 'switch':
        trading = asked.to;
        break;
      case 'tick': {
        const tick = { ...asked, step };
        ticks.push(tick);
        const counting = watched.filter((each) => each.isActive && counts(each, tick));
        for (const each of counting.filter((one) => isReached(one, tick)))
          if (!endAt(each, tick)) fire(each, tick);
        for (const each of counting) if (each.isActive && counts(each, tick)) endAt(each, tick);
      }
    }
  }
  return said;
}

/** @param seen ticks that count, this one included. */
function isMet(when: PlainTrigger['when'], tick: Tick, seen: readonly Tick[]): boolean {
  if ('above' in when) return tick.price >= when.above;
  if ('below' in when) return tick.price <= when.below;
  if ('at' in when) return tick.at >= when.at;
  const window = seen.filter(({ at }) => at >= tick.at - when.within).map(({ price }) => price);
  const rise = (tick.price - Math.min(...window)) * 1_000_000 >= Math.min(...window) * when.ppm;
  const fall = (Math.max(...window) - tick.price) * 1_000_000 >= Math.max(...window) * when.ppm;
  return (when.moves !== 'down' && rise) || (when.moves !== 'up' && fall);
}
