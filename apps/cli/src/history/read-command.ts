import {
  type Candle,
  type CandleInterval,
  Candles,
  type StoredTick,
  queryCandles,
  queryTicks,
} from '@bellwether/history';
import { systemClock } from '@bellwether/observability';
import { InputError } from '../input-error.ts';
import { type SelectionOptions, parseInterval, parseSelection } from './parse-selection.ts';
import { printLines } from './print-lines.ts';
import { sayNothingFound } from './stored-markets.ts';
import { withStoredTicks } from './with-stored-ticks.ts';

interface ReadOptions extends SelectionOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}
export type TicksOptions = ReadOptions;
export interface CandlesOptions extends ReadOptions {
  readonly interval: string;
}

type Format = 'json' | 'csv' | 'text';

/** `bellwether history candles` */
export async function runCandles(options: CandlesOptions): Promise<void> {
  const format = formatOf(options);
  const interval = parseInterval(options.interval);
  const selection = parseSelection(options);
  await withStoredTicks(options.dataDir, async (bigquery) => {
    const query = async (request: Parameters<typeof queryCandles>[1]) => queryCandles(bigquery, request);
    const candles = new Candles({ query, clock: systemClock });
    const found = new Counted(candles.read({ ...selection, interval }));
    await printLines(candleLines(found, format, interval));
    if (found.count === 0) await sayNothingFound(bigquery, selection.market, selection.span);
  });
  process.exit(0);
}

/** `bellwether history ticks` */
export async function runTicks(options: TicksOptions): Promise<void> {
  const format = formatOf(options);
  const selection = parseSelection(options);
  await withStoredTicks(options.dataDir, async (bigquery) => {
    const found = new Counted(ticksOf(queryTicks(bigquery, selection)));
    await printLines(tickLines(found, format, options.kind));
    if (found.count === 0) await sayNothingFound(bigquery, selection.market, selection.span);
  });
  process.exit(0);
}

/** Counts what is read of runs. */
class Counted<Row> implements AsyncIterable<readonly Row[]> {
  count = 0;
  readonly #runs: AsyncIterable<readonly Row[]>;

  constructor(runs: AsyncIterable<readonly Row[]>) {
    this.#runs = runs;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly Row[], void, undefined> {
    for await (const run of this.#runs) {
      this.count += run.length;
      yield run;
    }
  }
}

async function* ticksOf(pages: ReturnType<typeof queryTicks>): AsyncGenerator<readonly StoredTick[], void> {
  for await (const { ticks } of pages) yield ticks;
}

function formatOf({ json = false, csv = false }: ReadOptions): Format {
  if (json && csv) throw new InputError('--csv: cannot be combined with --json');
  return json ? 'json' : csv ? 'csv' : 'text';
}

async function* candleLines(
  runs: AsyncIterable<readonly Candle[]>,
  format: Format,
  interval: CandleInterval,
): AsyncGenerator<string, void, undefined> {
  if (format === 'csv') yield 'ts_ms,open,high,low,close,volume,vwap,count\n';
  for await (const run of runs) for (const candle of run) yield `${candleLine(candle, format, interval)}\n`;
}

function candleLine(candle: Candle, format: Format, interval: CandleInterval): string {
  if (format === 'json') return JSON.stringify(candle);
  const { openAt, open, high, low, close, volume, vwap, count } = candle;
  if (format === 'csv') return [openAt, open, high, low, close, volume ?? '', vwap ?? '', count].join(',');
  const traded = volume === null ? '' : `  volume ${volume}  vwap ${vwap ?? '-'}`;
  return `${timeOf(openAt)}  ${interval}  open ${open}  high ${high}  low ${low}  close ${close}${traded}  count ${count}`;
}

async function* tickLines(
  pages: AsyncIterable<readonly StoredTick[]>,
  format: Format,
  kind: ReadOptions['kind'],
): AsyncGenerator<string, void, undefined> {
  const columns = { trade: 'price,size', quote: 'bid,ask', mark: 'price,' }[kind];
  if (format === 'csv') yield `ts_ms,${columns},epoch,ordinal\n`;
  for await (const ticks of pages) for (const tick of ticks) yield `${tickLine(tick, format, kind)}\n`;
}

function tickLine(tick: StoredTick, format: Format, kind: ReadOptions['kind']): string {
  const { at, first, second, epoch, ordinal } = tick;
  const amounts = {
    trade: { price: first, size: second },
    quote: { bid: first, ask: second },
    mark: { price: first },
  };
  if (format === 'json') return JSON.stringify({ at, ...amounts[kind], epoch, ordinal });
  if (format === 'csv') return [at, first, second ?? '', epoch, ordinal].join(',');
  const named = Object.entries(amounts[kind]).map(([name, amount]) => `${name} ${amount ?? '-'}`);
  return [timeOf(at), ...named, `${epoch}:${ordinal}`].join('  ');
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
