export type PlainScope = 'account' | 'user' | 'tenant' | 'global';

interface Word {
  readonly state: 'halted' | 'reducing';
  readonly flatten: boolean;
  readonly until?: number;
}

export type PlainSwitch =
  | (Word & { readonly do: 'halt'; readonly scope: PlainScope; readonly reason: string })
  | { readonly do: 'resume'; readonly scope: PlainScope }
  | (Partial<Word> & {
      readonly do: 'follow';
      readonly scope: Exclude<PlainScope, 'account'>;
      readonly seq: number;
      readonly reason: string;
    })
  /** So many milliseconds pass, and what is over by then ends. */
  | { readonly do: 'wait'; readonly ms: number };

export interface PlainHold extends Word {
  readonly scope: PlainScope;
  readonly reason: string;
}

/**
 * What holds an account after all of these, oldest word first, and a line for what each has changed.
 *
 * Each scope has one word, its last. A halt that flattens reduces while anything is open. What a wider scope's journal says
 * counts once, and never after a later entry of it. The account's own word ends at its time; that of a wider scope only
 * when its journal says so. The strictest word counts.
 */
export function plainSwitches(
  switches: readonly PlainSwitch[],
  { now: from, isFlat }: { readonly now: number; readonly isFlat: boolean },
): { readonly said: string[]; readonly holds: readonly PlainHold[]; readonly trading: string } {
  let now = from;
  let holds: PlainHold[] = [];
  const heard = new Map<PlainScope, number>();
  const speak = (scope: PlainScope, reason: string, { state, flatten, until }: Word): PlainHold => {
    const isReducing = state === 'reducing' || (flatten && !isFlat);
    return {
      scope,
      reason,
      state: isReducing ? 'reducing' : 'halted',
      flatten: isReducing && flatten,
      ...(until === undefined ? {} : { until }),
    };
  };
  const put = (hold: PlainHold): string => {
    holds = [...holds.filter(({ scope }) => scope !== hold.scope), hold];
    return hold.state;
  };
  const end = (scope: PlainScope): void => {
    holds = holds.filter((hold) => hold.scope !== scope);
  };
  const said = switches.map((each): string => {
    switch (each.do) {
      case 'halt': {
        if (each.until !== undefined && each.until <= now) return 'ENDS_BEFORE_NOW';
        const hold = speak(each.scope, each.reason, each);
        const stands = holds.find(({ scope }) => scope === each.scope);
        const isSame =
          stands?.state === hold.state && stands.flatten === hold.flatten && stands.until === hold.until;
        return isSame ? 'nothing' : put(hold);
      }
      case 'resume': {
        const isHeld = holds.some(({ scope }) => scope === each.scope);
        end(each.scope);
        return isHeld ? 'resumed' : 'nothing';
      }
      case 'follow': {
        const { scope, seq, state, flatten = false, until, reason } = each;
        if ((heard.get(scope) ?? 0) >= seq) return 'nothing';
        heard.set(scope, seq);
        if (state !== undefined)
          return put(speak(scope, reason, { state, flatten, ...(until === undefined ? {} : { until }) }));
        end(scope);
        return 'resumed';
      }
      case 'wait': {
        now += each.ms;
        const own = holds.find(({ scope }) => scope === 'account');
        if (own?.until === undefined || own.until > now) return 'nothing';
        end('account');
        return `expired: ${own.reason}`;
      }
    }
  });
  const states = holds.map(({ state }) => state);
  const trading = states.includes('halted') ? 'halted' : states.includes('reducing') ? 'reducing' : 'active';
  return { said, holds, trading };
}
