export type PlainLockStep =
  | { readonly do: 'lock'; readonly symbol: string; readonly reason: string; readonly until?: number }
  | { readonly do: 'unlock'; readonly symbol: string }
  | { readonly do: 'wait'; readonly ms: number };

/**
 * What comes of each step, and what is locked at the end, by the rules in words: a lock is the last word about its symbol
 * until its end; one that says the same again says nothing; there are at most so many at once, and those that are over do
 * not count. Whatever was told of a symbol can be taken back, once.
 */
export function plainLocks(steps: readonly PlainLockStep[], from: number, most: number) {
  let now = from;
  let told: { readonly symbol: string; readonly reason: string; readonly until?: number }[] = [];
  const inForce = () => told.filter(({ until }) => until === undefined || until > now);
  const said = steps.map((step): string => {
    switch (step.do) {
      case 'wait':
        now += step.ms;
        return 'nothing';
      case 'unlock': {
        const isTold = told.some(({ symbol }) => symbol === step.symbol);
        told = told.filter(({ symbol }) => symbol !== step.symbol);
        return isTold ? 'unlocked' : 'nothing';
      }
      case 'lock': {
        const { do: _what, ...lock } = step;
        if (lock.until !== undefined && lock.until <= now) return 'ENDS_BEFORE_NOW';
        const stands = inForce().find(({ symbol }) => symbol === lock.symbol);
        if (stands !== undefined && stands.reason === lock.reason && stands.until === lock.until)
          return 'nothing';
        if (stands === undefined && inForce().length >= most) return 'TOO_MANY_LOCKS';
        told = [...inForce().filter(({ symbol }) => symbol !== lock.symbol), lock];
        return 'locked';
      }
    }
  });
  return { said, locks: inForce() };
}
