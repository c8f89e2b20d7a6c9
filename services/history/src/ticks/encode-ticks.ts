import type { Frame, FrameInstrument } from '@bellwether/contracts';
import { formatDecimal } from '@bellwether/domain';
import { type Column, fieldNumber } from '../rows/column.ts';
import { RowWriter } from '../rows/row-writer.ts';

/** What rows of one instrument and frame share comes first, so that it is encoded once. */
export const tickColumns: readonly Column[] = [
  { name: 'feed_epoch', type: 'STRING' },
  { name: 'shard', type: 'INT64' },
  { name: 'received_ts', type: 'TIMESTAMP', description: 'When market-feed received it.' },
  { name: 'symbol', type: 'STRING' },
  { name: 'venue', type: 'STRING' },
  { name: 'kind', type: 'STRING', description: 'trade, quote or mark.' },
  { name: 'ordinal', type: 'INT64', description: 'Gapless within shard and epoch, from 0.' },
  { name: 'exchange_ts', type: 'TIMESTAMP', description: "The venue's time." },
  {
    name: 'price',
    type: 'NUMERIC',
    isOptional: true,
    description: 'Of a trade, or the mark price; null when price_text is set.',
  },
  { name: 'size', type: 'NUMERIC', isOptional: true, description: 'Of a trade; null when size_text is set.' },
  { name: 'bid', type: 'NUMERIC', isOptional: true, description: 'Of a quote; null when bid_text is set.' },
  { name: 'ask', type: 'NUMERIC', isOptional: true, description: 'Of a quote; null when ask_text is set.' },
  ...['price_text', 'size_text', 'bid_text', 'ask_text'].map((name) => ({
    name,
    type: 'STRING' as const,
    isOptional: true as const,
    description: 'Set when the amount has more than nine decimals, which NUMERIC would round.',
  })),
];

/** Decimals that NUMERIC holds. */
const numericScale = 9;
const bytesPerRow = 112;

const fieldOf = (name: string): number => fieldNumber(tickColumns, name);
const fields = {
  epoch: fieldOf('feed_epoch'),
  shard: fieldOf('shard'),
  receivedAt: fieldOf('received_ts'),
  symbol: fieldOf('symbol'),
  venue: fieldOf('venue'),
  kind: fieldOf('kind'),
  ordinal: fieldOf('ordinal'),
  exchangeAt: fieldOf('exchange_ts'),
};
/** The columns of a frame's two amounts. */
const amounts = {
  trade: { first: amountOf('price'), second: amountOf('size') },
  quote: { first: amountOf('bid'), second: amountOf('ask') },
  mark: { first: amountOf('price'), second: undefined },
};
interface Amount {
  readonly numeric: number;
  readonly text: number;
}

function amountOf(name: string): Amount {
  return { numeric: fieldOf(name), text: fieldOf(`${name}_text`) };
}

/** One encoded row a tick, in the frame's order. */
export function encodeTicks(frame: Frame): Uint8Array[] {
  const { instruments, firstOrdinal, instrument, exchangeAt, first, second } = frame;
  const writer = new RowWriter(frame.length * bytesPerRow);
  const shared = instruments.map((described) => encodeShared(frame, described));
  for (let i = 0; i < frame.length; i += 1) {
    const index = instrument[i] ?? 0;
    const described = instruments[index];
    const start = shared[index];
    if (described === undefined || start === undefined) throw new RangeError('a tick without its instrument');
    writer.encoded(start);
    writer.integer(fields.ordinal, firstOrdinal + i);
    writer.integer(fields.exchangeAt, microseconds(exchangeAt[i] ?? 0));
    const { kind, priceScale, sizeScale } = described;
    writeAmount(writer, amounts[kind].first, first[i] ?? 0, priceScale);
    const other = amounts[kind].second;
    if (other !== undefined)
      writeAmount(writer, other, second[i] ?? 0, kind === 'trade' ? sizeScale : priceScale);
    writer.endRow();
  }
  return writer.finish();
}

function encodeShared(frame: Frame, { symbol, venue, kind }: FrameInstrument): Uint8Array {
  const writer = new RowWriter(bytesPerRow);
  writer.text(fields.epoch, frame.epoch);
  writer.integer(fields.shard, frame.shard);
  writer.integer(fields.receivedAt, microseconds(frame.receivedAt));
  writer.text(fields.symbol, symbol);
  writer.text(fields.venue, venue);
  writer.text(fields.kind, kind);
  writer.endRow();
  return writer.finish()[0] ?? new Uint8Array();
}

function writeAmount(writer: RowWriter, field: Amount, units: number, scale: number): void {
  if (scale <= numericScale) {
    writer.decimal(field.numeric, units, scale);
    return;
  }
  const text = formatDecimal({ units: BigInt(units), scale });
  const decimals = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  writer.text(decimals <= numericScale ? field.numeric : field.text, text);
}

function microseconds(epochMilliseconds: number): number {
  return Math.round(epochMilliseconds * 1_000);
}
