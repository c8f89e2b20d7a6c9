import { type Market, type Span, type StoredMarket, queryMarkets } from '@bellwether/history';
import type { connectHistory } from '@bellwether/history';

type History = ReturnType<typeof connectHistory>;

const mostNamed = 20;

/** Says on stderr that nothing was found, and of which symbols and venues there is something in that time. */
export async function sayNothingFound(
  bigquery: History,
  { symbol, venue, kind }: Market,
  span: Span,
): Promise<void> {
  const when = `from ${span.from.toISOString()} to ${span.to.toISOString()}`;
  const found = await queryMarkets(bigquery, { span, most: mostNamed });
  process.stderr.write(
    found.length === 0
      ? `There are no ticks at all ${when}; \`bellwether history markets\` tells what there is.\n`
      : `There are no ${kind} ticks of ${symbol} at ${venue} ${when}. There are of:\n${marketTable(found)}`,
  );
}

/** A line for each. */
export function marketTable(markets: readonly StoredMarket[]): string {
  return markets
    .map(({ symbol, venue, kind, count, fromAt, toAt }) =>
      [
        `--symbol ${symbol} --venue ${venue} --kind ${kind}`.padEnd(56),
        `${count} from ${new Date(fromAt).toISOString()} to ${new Date(toAt).toISOString()}\n`,
      ].join(' '),
    )
    .join('');
}
