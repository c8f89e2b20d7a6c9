export type PlainExitStep =
  /** A tick at its stop or its target. */
  | { readonly do: 'reach'; readonly line: 'stop' | 'target' }
  | { readonly do: 'ask'; readonly quantity: number }
  /** Of its closing orders, counted from the first, or the latest (0): the broker takes it, fills some, or does not know it. */
  | { readonly do: 'take'; readonly order: number }
  | { readonly do: 'fill'; readonly order: number; readonly quantity: number }
  | { readonly do: 'lose'; readonly order: number }
  /** The account is compared with its broker. */
  | { readonly do: 'look' }
  | { readonly do: 'abandon'; readonly order: number }
  | { readonly do: 'wait'; readonly ms: number };

interface Closing {
  readonly nth: number;
  readonly for: 'stop' | 'target' | 'asked';
  left: number;
  isTaken: boolean;
  isLost: boolean;
}

/**
 * What comes of each step for a long position that has a stop for all of it and a target for a part.
 *
 * A line that is reached makes one closing order, for what no other is out for, and a target no second one while its first is
 * out. Only an order that the broker had taken and is shown as lost can be given up. Then its line counts again after
 * a pause, twice as long with each order in a row that came to nothing, from a quarter of a second up to a minute: but
 * not a target that has filled in part, and nothing where somebody had asked for it. A stop that has fired meanwhile covered what no
 * order was out for: it counts again, too, once.
 */
export function plainExits(
  steps: readonly PlainExitStep[],
  { quantity, target, from }: { readonly quantity: number; readonly target: number; readonly from: number },
) {
  let now = from;
  let open = quantity;
  let count = 0;
  let failures = 0;
  let hasStopFired = false;
  let closing: Closing[] = [];
  const countsFrom: { stop: number; target: number | undefined } = { stop: from, target: from };
  let shown = new Set<number>();
  const available = (): number => open - closing.reduce((sum, { left }) => sum + left, 0);
  const order = (reason: Closing['for'], left: number): string => {
    count += 1;
    closing.push({ nth: count, for: reason, left, isTaken: false, isLost: false });
    return `order ${count} for ${left}`;
  };

  const said = steps.map((step): string => {
    const meant = 'order' in step ? step.order || count : undefined;
    const found = closing.find(({ nth }) => nth === meant);
    switch (step.do) {
      case 'reach': {
        if (open === 0) return 'NO_OPEN_POSITION';
        const at = countsFrom[step.line];
        if (at === undefined) return 'NOT_ARMED';
        if (now < at) return 'BEFORE_ARMED';
        const isOut = step.line === 'target' && closing.some((each) => each.for === 'target');
        const left = step.line === 'stop' ? available() : Math.min(target, available());
        if (left === 0 || isOut) return 'CLOSING';
        hasStopFired ||= step.line === 'stop';
        return order(step.line, left);
      }
      case 'ask':
        if (open === 0) return 'NO_OPEN_POSITION';
        return step.quantity > available() ? 'MORE_THAN_AVAILABLE' : order('asked', step.quantity);
      case 'take':
        if (found !== undefined) found.isTaken = true;
        return found === undefined ? 'NOT_OURS' : 'taken';
      case 'fill': {
        if (found === undefined) return 'NOT_OURS';
        const filled = Math.min(step.quantity, found.left);
        found.isTaken = true;
        found.left -= filled;
        open -= filled;
        failures = 0;
        if (found.for === 'target') countsFrom.target = undefined;
        closing = open === 0 ? [] : closing.filter(({ left }) => left > 0);
        return `filled ${filled}`;
      }
      case 'lose':
        if (found !== undefined) found.isLost = true;
        return 'lost';
      case 'look':
        shown = new Set(closing.filter(({ isTaken, isLost }) => isTaken && isLost).map(({ nth }) => nth));
        return 'looked';
      case 'abandon': {
        if (found === undefined || !shown.has(found.nth)) return 'NOT_AN_ORPHANED_EXIT';
        const again = now + Math.min(60_000, 250 * 2 ** failures);
        failures += 1;
        closing = closing.filter((each) => each !== found);
        shown.delete(found.nth);
        if (found.for === 'stop' || hasStopFired) countsFrom.stop = again;
        hasStopFired = false;
        if (found.for === 'target' && countsFrom.target !== undefined) countsFrom.target = again;
        return 'abandoned';
      }
      case 'wait':
        now += step.ms;
        return 'waited';
    }
  });
  const status = open === 0 ? 'closed' : closing.length > 0 && available() === 0 ? 'closing' : 'open';
  return { said, open, status, countsFrom, shown, orders: closing.map(({ nth, left }) => ({ nth, left })) };
}
