import {
  type Grouping,
  type Period,
  type TradeFilter,
  balancesOf,
  closedPositions,
  latestEntries,
  latestTrades,
  openTrades,
  profitAndLossOf,
} from '@bellwether/ledger';
import type { StoreFirestore } from '@bellwether/store';
import { archivedTradesOf } from '../archive/archive-files.ts';
import { InputError } from '../input-error.ts';
import { findAccount } from '../stored/find-account.ts';
import { parseSpan, parseTime } from '../parse-time.ts';
import { type AnswerOptions, type TenantOptions, answer } from '../stored/answer.ts';
import { wholeNumber } from '../whole-number.ts';
import { type Row, csvOf } from './csv.ts';

export interface LedgerOptions extends TenantOptions {
  readonly uid?: string;
  readonly strategy?: string;
  readonly side?: 'buy' | 'sell';
  /** As `parseTime` takes it. */
  readonly from?: string;
  readonly to?: string;
}
export interface TradesOptions extends LedgerOptions {
  readonly limit: string;
  readonly open?: boolean;
}
export interface PnlOptions extends LedgerOptions {
  readonly by: Grouping;
  readonly period: Period;
}

export interface EntriesOptions extends AnswerOptions {
  readonly limit: string;
}

export interface BalancesOptions extends AnswerOptions {
  readonly house?: boolean;
}

const entryColumns = [
  'eventId',
  'at',
  'kind',
  'positionId',
  'reverses',
  'ledgerAccount',
  'currency',
  'amount',
];
const balanceColumns = ['ledgerAccount', 'currency', 'amount'];
const tradeColumns = [
  'tradedAt',
  'uid',
  'accountId',
  'symbol',
  'side',
  'effect',
  'quantity',
  'price',
  'currency',
  'proceeds',
  'realizedPnl',
  'fee',
  'feeCurrency',
  'strategy',
  'tags',
  'reason',
  'broker',
  'positionId',
  'orderId',
  'eventId',
];
const openColumns = [
  'openedAt',
  'accountId',
  'symbol',
  'side',
  'quantity',
  'entryPrice',
  'currency',
  'strategy',
  'tags',
  'broker',
  'positionId',
  'openedBy',
];
const closedColumns = [
  'closedAt',
  'openedAt',
  'uid',
  'accountId',
  'symbol',
  'side',
  'quantity',
  'entryPrice',
  'exitPrice',
  'currency',
  'realizedPnl',
  'fees',
  'funding',
  'strategy',
  'tags',
  'reason',
  'broker',
  'positionId',
  'openedBy',
  'closedBy',
];
const pnlColumns = ['from', 'group', 'currency', 'trades', 'realizedPnl', 'fees', 'net'];
const feeColumns = ['from', 'group', 'currency', 'trades', 'fees'];

/** `bellwether ledger trades` */
export async function runLedgerTrades(options: TradesOptions): Promise<void> {
  const limit = limitOf(options);
  const { tenant, uid, open = false } = options;
  if (!open)
    return statement(options, tradeColumns, async (firestore, filter, environment) =>
      latestTrades(firestore, filter, limit, archivedTradesOf(environment)),
    );
  if (uid === undefined) throw new InputError('--open: needs --uid, whose open trades');
  return statement(options, openColumns, async (firestore) => {
    const found = await openTrades(firestore, uid);
    return found.filter(({ tenantId }) => tenantId === tenant).slice(0, limit);
  });
}

/** `bellwether ledger positions` */
export async function runLedgerPositions(options: TradesOptions): Promise<void> {
  const limit = limitOf(options);
  await statement(options, closedColumns, async (firestore, filter, environment) =>
    closedPositions(firestore, filter, limit, archivedTradesOf(environment)),
  );
}

/** `bellwether ledger pnl` */
export async function runLedgerPnl(options: PnlOptions): Promise<void> {
  await statement(options, pnlColumns, async (firestore, filter, environment) =>
    profitAndLossOf(firestore, filter, options, archivedTradesOf(environment)),
  );
}

/** `bellwether ledger fees` */
export async function runLedgerFees(options: PnlOptions): Promise<void> {
  await statement(options, feeColumns, async (firestore, filter, environment) => {
    const rows = await profitAndLossOf(firestore, filter, options, archivedTradesOf(environment));
    return rows
      .filter(({ fees }) => fees !== '0')
      .map(({ from, group, currency, trades, fees }) => ({ from, group, currency, trades, fees }));
  });
}

/** `bellwether ledger entries ACCOUNT`: in CSV a line for each posting. */
export async function runLedgerEntries(id: string, options: EntriesOptions): Promise<void> {
  const limit = limitOf(options);
  await answer('ledger', options, async (firestore) => {
    const entries = await latestEntries(firestore, await findAccount(firestore, id), limit);
    // What happened at no price has no time of its own.
    const postings = entries.flatMap(({ postings: each, at, ...entry }) =>
      each.map((posting) => ({ ...entry, at: at === 0 ? '' : new Date(at).toISOString(), ...posting })),
    );
    return { json: entries, text: csvOf(entryColumns, postings.map(rowOf)) };
  });
}

/** `bellwether ledger balances` */
export async function runLedgerBalances(options: BalancesOptions): Promise<void> {
  const { tenant, house = false } = options;
  if ((tenant === undefined) !== house) throw new InputError('balances: needs --tenant or --house');
  const scope = tenant === undefined ? ({ kind: 'system' } as const) : ({ kind: 'tenant', tenant } as const);
  await answer('ledger', options, async (firestore) => {
    const rows = await balancesOf(firestore, scope);
    return { json: rows, text: csvOf(balanceColumns, rows.map(rowOf)) };
  });
}

async function statement(
  options: LedgerOptions,
  columns: readonly string[],
  read: (
    firestore: StoreFirestore,
    filter: TradeFilter,
    environment: NodeJS.ProcessEnv,
  ) => Promise<readonly object[]>,
): Promise<void> {
  const filter = filterOf(options);
  await answer('ledger', options, async (firestore, { environment }) => {
    const rows = await read(firestore, filter, environment);
    return { json: rows, text: csvOf(columns, rows.map(rowOf)) };
  });
}

function limitOf({ limit }: Pick<TradesOptions, 'limit'>): number {
  return wholeNumber('--limit', limit, 1, 10_000);
}

function filterOf({ tenant, uid, strategy, side, from, to }: LedgerOptions): TradeFilter {
  if (from !== undefined && to !== undefined) parseSpan(from, to);
  return {
    tenant,
    ...(uid === undefined ? {} : { uid }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(side === undefined ? {} : { side }),
    ...(from === undefined ? {} : { from: parseTime('--from', from) }),
    ...(to === undefined ? {} : { before: parseTime('--to', to) }),
  };
}

function rowOf(row: object): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'number' && name.endsWith('At') ? new Date(value).toISOString() : value,
    ]),
  );
}
