import { queryMarkets } from '@bellwether/history';
import { systemClock } from '@bellwether/observability';
import { parseSpan } from '../parse-time.ts';
import { marketTable } from './stored-markets.ts';
import { withStoredTicks } from './with-stored-ticks.ts';

export interface MarketsOptions {
  readonly from?: string;
  readonly to?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}

const dayMs = 24 * 3_600_000;
const most = 1_000;

/** `bellwether history markets` */
export async function runMarkets({ dataDir, json, ...options }: MarketsOptions): Promise<void> {
  const now = systemClock.now();
  const { from = String(Math.floor(now - dayMs)), to = String(Math.ceil(now + 60_000)) } = options;
  const span = parseSpan(from, to);
  const found = await withStoredTicks(dataDir, async (bigquery) => queryMarkets(bigquery, { span, most }));
  const none = `There are no ticks from ${span.from.toISOString()} to ${span.to.toISOString()}.\n`;
  if (json === true) process.stdout.write(`${JSON.stringify(found)}\n`);
  else process.stdout.write(found.length === 0 ? none : marketTable(found));
  process.exit(0);
}
