import { gunzipSync } from 'node:zlib';

/** What the rules of a replay give, worked out tick by tick and order by order, sharing no code with the product. */
export interface Expected {
  readonly id: string;
  readonly reason: 'stopLoss' | 'takeProfit' | 'trailingStop' | 'trigger';
  readonly tsMs: number;
  readonly price: string;
  readonly realizedPnl: string | null;
}

export interface OrdersFile {
  readonly positions: readonly OrderedPosition[];
  readonly triggers: readonly OrderedTrigger[];
}
export interface OrderedPosition {
  readonly id: string;
  readonly uid: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantity: string;
  readonly entryPrice: string;
  readonly armedAt: number;
  readonly stopLoss?: string;
  readonly takeProfit?: string;
  readonly trailing?: { readonly distance: string };
}
export interface OrderedTrigger {
  readonly id: string;
  readonly uid: string;
  readonly symbol: string;
  readonly armedAt: number;
  readonly when: { readonly direction: 'above' | 'below'; readonly price: string };
  readonly then: { readonly notify: true };
}

const places = 12n;

/** Twelve decimals are more than any tape or order here has. */
function fixed(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const units = BigInt(whole) * 10n ** places + BigInt(fraction.padEnd(Number(places), '0'));
  return amount.startsWith('-') ? -units : units;
}

function text(units: bigint, decimals: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(Number(decimals) + 1, '0');
  const whole = digits.slice(0, -Number(decimals));
  const fraction = digits.slice(-Number(decimals)).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}

/** Expected executions in the order of the ticks, and who is left. */
export function expectedExecutions(tapes: readonly Uint8Array[], orders: OrdersFile) {
  const rows = tapes.flatMap(readRows).toSorted((a, b) => a.tsMs - b.tsMs);
  const open = new Map(
    orders.positions.map((position) => [position.id, { ...position, best: fixed(position.entryPrice) }]),
  );
  const armed = new Map(orders.triggers.map((trigger) => [trigger.id, trigger]));
  const expected: Expected[] = [];
  for (const row of rows) {
    const hits: Expected[] = [];
    for (const position of open.values()) {
      if (position.symbol !== row.symbol || row.tsMs < position.armedAt) continue;
      const price = position.side === 'long' ? row.low : row.high;
      const reason = judge(position, price);
      if (reason === undefined) continue;
      open.delete(position.id);
      const move =
        position.side === 'long' ? price - fixed(position.entryPrice) : fixed(position.entryPrice) - price;
      const realizedPnl = text(move * fixed(position.quantity), 2n * places);
      hits.push({ id: position.id, reason, tsMs: row.tsMs, price: text(price, places), realizedPnl });
    }
    for (const { id, symbol, armedAt, when } of armed.values()) {
      if (symbol !== row.symbol || row.tsMs < armedAt) continue;
      const price = when.direction === 'below' ? row.low : row.high;
      if (when.direction === 'below' ? price > fixed(when.price) : price < fixed(when.price)) continue;
      armed.delete(id);
      hits.push({ id, reason: 'trigger', tsMs: row.tsMs, price: text(price, places), realizedPnl: null });
    }
    expected.push(...hits);
  }
  return { rows: rows.length, expected, open: [...open.keys()], armed: [...armed.keys()] };
}

function judge(position: OrderedPosition & { best: bigint }, price: bigint) {
  const sign = position.side === 'long' ? 1n : -1n;
  if (sign * price > sign * position.best) position.best = price;
  const { stopLoss, takeProfit, trailing } = position;
  if (stopLoss !== undefined && sign * price <= sign * fixed(stopLoss)) return 'stopLoss';
  if (trailing !== undefined && sign * (position.best - price) >= fixed(trailing.distance))
    return 'trailingStop';
  if (takeProfit !== undefined && sign * price >= sign * fixed(takeProfit)) return 'takeProfit';
  return undefined;
}

/** A trade is both the price to sell and to buy at; of a quote, `low` is the bid and `high` the ask. */
function readRows(tape: Uint8Array) {
  const [header = '', ...lines] = gunzipSync(tape).toString('utf8').trimEnd().split('\n');
  const isQuotes = header.trim() === 'ts_ms,symbol,venue,bid,ask';
  return lines.map((line) => {
    const [tsMs = '', symbol = '', , first = '', second = ''] = line.trim().split(',');
    return { tsMs: Number(tsMs), symbol, low: fixed(first), high: fixed(isQuotes ? second : first) };
  });
}
