import type {
  LedgerEntryDocument,
  LedgerProjection,
  LedgerSumsDocument,
  LedgerTradeDocument,
} from '@bellwether/contracts';
import {
  type CreditsState,
  add,
  compare,
  creditsCurrency,
  decimal,
  formatDecimal,
  negate,
  noCredits,
  parseDecimal,
  totals,
} from '@bellwether/domain';
import { balancesAfter } from '../books/balances.ts';
import { type DaySum, DaySums } from '../sums/day-sums.ts';

/** Everything that is stored about the books of one account. */
export interface StoredBooks {
  /** The account's, after what is booked. */
  readonly cash: Readonly<Record<string, string>>;
  /** Likewise; absent where it never had any. */
  readonly credits?: CreditsState | undefined;
  readonly projection: LedgerProjection;
  readonly entries: readonly LedgerEntryDocument[];
  readonly trades: readonly LedgerTradeDocument[];
  readonly sums: readonly LedgerSumsDocument[];
}

/** What does not agree within the books of an account, one sentence each; empty when all does. */
export function compareBooks(books: StoredBooks): string[] {
  const malformed = books.entries.flatMap(({ eventId, postings }) =>
    postings
      .filter(({ amount }) => parseDecimal(amount) === undefined)
      .map(({ amount }) => `entry ${eventId}: "${amount}" is no amount`),
  );
  const found =
    malformed.length > 0
      ? malformed
      : [
          ...unbalanced(books),
          ...wrongBalances(books),
          ...wrongHoldings(books),
          ...wrongTrades(books),
          ...wrongReversals(books),
          ...wrongSums(books),
        ];
  return [...found, ...wrongCounts(books)];
}

/** The exact sums of all postings; what is no amount is left out. */
export function postedBalances(entries: StoredBooks['entries']): Record<string, string> {
  const postings = entries.flatMap((entry) => entry.postings);
  return balancesAfter(
    {},
    postings.filter(({ amount }) => parseDecimal(amount) !== undefined),
  );
}

function unbalanced({ entries }: StoredBooks): string[] {
  return entries.flatMap(({ eventId, postings }) =>
    [...totals(postings)]
      .filter(([, { units }]) => units !== 0n)
      .map(([currency, sum]) => `entry ${eventId} is off by ${formatDecimal(sum)} ${currency}`),
  );
}

function wrongBalances({ projection, entries }: StoredBooks): string[] {
  const booked = postedBalances(entries);
  return differing(projection.balances, booked).map(
    (name) =>
      `the balance of ${name} is ${projection.balances[name] ?? '0'}, its postings sum to ${booked[name] ?? '0'}`,
  );
}

/** What the account holds is what the ledger does: its cash, and its credits, set aside or not. */
function wrongHoldings({ cash, credits = noCredits, entries }: StoredBooks): string[] {
  const { available, reserved } = credits;
  const allCredits = [available, ...Object.values(reserved)].map(decimal).reduce((a, b) => add(a, b));
  return [
    ...wrongHolding('cash', cash, entries),
    ...wrongHolding('credits', { [creditsCurrency]: formatDecimal(allCredits) }, entries),
  ];
}

function wrongHolding(
  ledgerAccount: 'cash' | 'credits',
  held: Readonly<Record<string, string>>,
  entries: StoredBooks['entries'],
): string[] {
  const postings = entries.flatMap((entry) =>
    entry.postings.filter((each) => each.ledgerAccount === ledgerAccount),
  );
  const booked = Object.fromEntries(
    Object.entries(balancesAfter({}, postings)).map(([name, total]) => [
      name.slice(ledgerAccount.length + 1),
      total,
    ]),
  );
  return differing(held, booked).map(
    (currency) =>
      `the account holds ${held[currency] ?? '0'} ${currency}, the ledger ${booked[currency] ?? '0'}`,
  );
}

const booksTrades: ReadonlySet<string> = new Set(['open', 'increase', 'reduce', 'close']);

/** A trade and the entry that books it say the same P&L; neither is without the other. */
function wrongTrades({ entries, trades }: StoredBooks): string[] {
  const booked = new Map(
    entries.filter(({ kind }) => booksTrades.has(kind)).map((entry) => [entry.eventId, entry]),
  );
  const differences = trades.flatMap(({ eventId, bookedAs, realizedPnl }) => {
    const entry = booked.get(bookedAs);
    booked.delete(bookedAs);
    if (entry === undefined) return [`trade ${eventId} has no entry`];
    const credit = entry.postings.find(({ ledgerAccount }) => ledgerAccount === 'realizedPnl')?.amount ?? '0';
    return compare(negate(decimal(credit)), decimal(realizedPnl)) === 0
      ? []
      : [
          `trade ${eventId} says a P&L of ${realizedPnl}, its entry ${formatDecimal(negate(decimal(credit)))}`,
        ];
  });
  return [...differences, ...[...booked.keys()].map((eventId) => `entry ${eventId} has no trade`)];
}

const reversible: ReadonlySet<string> = new Set(['deposit', 'credits']);

/** A reversal names an earlier entry that may be taken back, has its postings with the other sign, and is the only one of it. */
function wrongReversals({ entries }: StoredBooks): string[] {
  const known = new Map(entries.map((entry) => [entry.eventId, entry]));
  const reversals = new Map<string, string>();
  return entries.flatMap(({ eventId, seq, kind, reverses, postings }) => {
    if (kind !== 'reversal' && reverses === undefined) return [];
    const reversed = known.get(reverses ?? '');
    const other = reversals.get(reverses ?? '');
    reversals.set(reverses ?? '', eventId);
    const what = `entry ${eventId} takes back ${reverses ?? 'nothing'}`;
    if (
      kind !== 'reversal' ||
      reversed === undefined ||
      !reversible.has(reversed.kind) ||
      reversed.seq >= seq
    )
      return [`${what}, which is no earlier entry that may be taken back`];
    if (other !== undefined) return [`${what}, which entry ${other} has taken back already`];
    const left = Object.entries(balancesAfter({}, [...reversed.postings, ...postings]));
    return left.length === 0
      ? []
      : [`${what}, and leaves ${left.map(([name, sum]) => `${sum} on ${name}`).join(', ')}`];
  });
}

/** The sums by day are those of the trades, if there are any. */
function wrongSums({ projection, trades, sums }: StoredBooks): string[] {
  if (projection.sums === undefined) return [];
  const stored = new Map<string, DaySum>();
  for (const text of [...sums.map((each) => each.sums), projection.sums])
    for (const sum of DaySums.parse(text)) stored.set(nameOf(sum), plus(stored.get(nameOf(sum)), sum));
  const expected = new DaySums();
  for (const trade of trades) expected.add(trade);
  const found: string[] = [];
  for (const sum of expected) {
    const told = stored.get(nameOf(sum));
    stored.delete(nameOf(sum));
    if (told === undefined || amountsIn(told) !== amountsIn(sum))
      found.push(
        `the sums of ${nameOf(sum)} are ${told === undefined ? 'not there' : amountsIn(told)}, its trades come to ${amountsIn(sum)}`,
      );
  }
  return [...found, ...[...stored.keys()].map((name) => `there are sums of ${name}, and no trades`)];
}

function plus(before: DaySum | undefined, sum: DaySum): DaySum {
  return before === undefined
    ? sum
    : {
        ...sum,
        trades: before.trades + sum.trades,
        realizedPnl: add(before.realizedPnl, sum.realizedPnl),
        fees: add(before.fees, sum.fees),
      };
}

function nameOf({ day, by, group, currency }: DaySum): string {
  return `${new Date(day).toISOString().slice(0, 10)} by ${by} ${group} in ${currency}`;
}

function amountsIn({ trades, realizedPnl, fees }: DaySum): string {
  return `${trades} trades, P&L ${formatDecimal(realizedPnl)}, fees ${formatDecimal(fees)}`;
}

function wrongCounts({ projection, entries, trades }: StoredBooks): string[] {
  const counts: readonly (readonly [string, number, number])[] = [
    ['ledger entries', projection.entries, entries.length],
    ['ledger trades', projection.trades, trades.length],
  ];
  return counts
    .filter(([, told, stored]) => told !== stored)
    .map(([what, told, stored]) => `the projection tells ${told} ${what}, stored are ${stored}`);
}

/** The names under which two sets of amounts differ; what is missing is zero. */
function differing(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (name) => compare(decimal(a[name] ?? '0'), decimal(b[name] ?? '0')) !== 0,
  );
}
