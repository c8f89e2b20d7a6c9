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
import { archivedTradesOf } from '../archive/archive-files.ts';
import { fail } from '../fail.ts';
import { InputError } from '../input-error.ts';
import { findAccount } from '../stored/find-account.ts';
import { withFirestore } from '../stored/with-firestore.ts';
import { type Row, csvOf } from './csv.ts';

export interface LedgerOptions {
  readonly tenant: string;
  readonly uid?: string;
  readonly strategy?: string;
  readonly side?: 'buy' | 'sell';
  /** ISO 8601: a day, UTC, or a time with its zone. */
  readonly from?: string;
  readonly before?: string;
  readonly dataDir?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}
export interface TradesOptions extends LedgerOptions {
  readonly limit: string;
  readonly open?: boolean;
}
export interface PnlOptions extends LedgerOptions {
  readonly by: Grouping;
  readonly period: Period;
}

export interface EntriesOptions {
  readonly limit: string;
  readonly dataDir?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

export interface BalancesOptions {
  readonly tenant?: string;
  readonly house?: boolean;
  readonly dataDir?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
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
  await answer(
    options,
    options.open === true ? openColumns : tradeColumns,
    async (firestore, filter, environment) => {
      const limit = limitOf(options);
      if (options.open !== true) return latestTrades(firestore, filter, limit, archivedTradesOf(environment));
      if (filter.uid === undefined) throw new InputError('--open: needs --uid, whose open trades');
      const found = await openTrades(firestore, filter.uid);
      return found.filter(({ tenantId }) => tenantId === filter.tenant).slice(0, limit);
    },
  );
}

/** `bellwether ledger positions` */
export async function runLedgerPositions(options: TradesOptions): Promise<void> {
  await answer(options, closedColumns, async (firestore, filter, environment) =>
    closedPositions(firestore, filter, limitOf(options), archivedTradesOf(environment)),
  );
}

/** `bellwether ledger pnl` */
export async function runLedgerPnl(options: PnlOptions): Promise<void> {
  await answer(options, pnlColumns, async (firestore, filter, environment) =>
    profitAndLossOf(firestore, filter, options, archivedTradesOf(environment)),
  );
}

/** `bellwether ledger fees` */
export async function runLedgerFees(options: PnlOptions): Promise<void> {
  await answer(options, feeColumns, async (firestore, filter, environment) => {
    const rows = await profitAndLossOf(firestore, filter, options, archivedTradesOf(environment));
    return rows
      .filter(({ fees }) => fees !== '0')
      .map(({ from, group, currency, trades, fees }) => ({ from, group, currency, trades, fees }));
  });
}

/** `bellwether ledger entries ACCOUNT`: in CSV a line for each posting. */
export async function runLedgerEntries(id: string, options: EntriesOptions): Promise<void> {
  try {
    const limit = limitOf(options);
    const entries = await withFirestore('ledger', options.dataDir, async (firestore) => {
      const account = await findAccount(firestore, id);
      return latestEntries(firestore, account, limit);
    });
    // What happened at no price has no time of its own.
    const postings = entries.flatMap(({ postings: each, at, ...entry }) =>
      each.map((posting) => ({ ...entry, at: at === 0 ? '' : new Date(at).toISOString(), ...posting })),
    );
    print(entryColumns, options.json === true ? entries : postings, options.json);
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

/** `bellwether ledger balances` */
export async function runLedgerBalances(options: BalancesOptions): Promise<void> {
  try {
    const { tenant, house, dataDir, json } = options;
    if ((tenant === undefined) === (house !== true))
      throw new InputError('balances: needs --tenant or --house');
    const scope =
      tenant === undefined ? ({ kind: 'system' } as const) : ({ kind: 'tenant', tenant } as const);
    const rows = await withFirestore('ledger', dataDir, async (firestore) => balancesOf(firestore, scope));
    print(balanceColumns, rows, json);
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

function print(columns: readonly string[], rows: readonly object[], json = false): void {
  process.stdout.write(json ? `${JSON.stringify(rows)}\n` : csvOf(columns, rows.map(rowOf)));
}

async function answer(
  options: LedgerOptions,
  columns: readonly string[],
  read: (
    firestore: Parameters<typeof latestTrades>[0],
    filter: TradeFilter,
    environment: NodeJS.ProcessEnv,
  ) => Promise<readonly object[]>,
): Promise<void> {
  try {
    const filter = filterOf(options);
    const rows = await withFirestore('ledger', options.dataDir, async (firestore, { environment }) =>
      read(firestore, filter, environment),
    );
    print(columns, rows, options.json);
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

function limitOf({ limit }: Pick<TradesOptions, 'limit'>): number {
  const rows = Number(limit);
  if (!Number.isInteger(rows) || rows < 1 || rows > 10_000)
    throw new InputError(`--limit: must be a whole number from 1 to 10000, not "${limit}"`);
  return rows;
}

function filterOf({ tenant, uid, strategy, side, from, before }: LedgerOptions): TradeFilter {
  return {
    tenant,
    ...(uid === undefined ? {} : { uid }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(side === undefined ? {} : { side }),
    ...(from === undefined ? {} : { from: timeOf('--from', from) }),
    ...(before === undefined ? {} : { before: timeOf('--before', before) }),
  };
}

/** A time without zone would be another one on every machine. */
function timeOf(option: string, text: string): number {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = isDay || /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new InputError(
      `${option}: must be a day like 2026-11-28, UTC, or a time with its zone, not "${text}"`,
    );
  return at;
}

function rowOf(row: object): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'number' && name.endsWith('At') ? new Date(value).toISOString() : value,
    ]),
  );
}
