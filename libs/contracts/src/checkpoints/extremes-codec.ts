import type { Extreme, SeriesExtremes, ShardCheckpoint } from '../documents/shard.ts';
import { ByteReader, ByteWriter } from '../frames/bytes.ts';

type Extremes = ShardCheckpoint['extremes'];

/** Version 1 knows neither windows nor mark prices. */
const versions = { first: 1, withWindows: 2 };
const seriesCodes = ['trade', 'bid', 'ask', 'mark'] as const;
const firstSeriesCodes = seriesCodes.slice(0, 3);
const directionCodes = ['highest', 'lowest'] as const;

/**
 * Best prices as bytes, about fifteen a point, so that tens of thousands fit a document: places as
 * differences to the point before, each epoch's name once for the points that follow one another in it.
 *
 * The first version that holds them is written, so that an executor from before windows reads what it knows.
 */
export function encodeExtremes(extremes: Extremes): Uint8Array {
  const writer = new ByteWriter(64 + extremes.length * 48);
  const version = extremes.every(isOfFirstVersion) ? versions.first : versions.withWindows;
  writer.byte(version);
  writer.unsigned(extremes.length);
  for (const { symbol, series, direction, windowMs, points } of extremes) {
    writer.text(symbol);
    writer.byte(seriesCodes.indexOf(series));
    writer.byte(directionCodes.indexOf(direction));
    // One more than the window, so that a window of no length is told from none.
    if (version === versions.withWindows) writer.unsigned(windowMs === undefined ? 0 : windowMs + 1);
    writer.unsigned(points.length);
    let before = start;
    for (const point of points) {
      writer.text(point.epoch === before.epoch ? '' : point.epoch);
      writer.signed(point.ordinal - before.ordinal);
      writer.signed(point.exchangeAt - before.exchangeAt);
      writer.text(point.price);
      before = point;
    }
  }
  return writer.finish();
}

/** @throws RangeError for bytes that no version of `encodeExtremes` wrote. */
export function decodeExtremes(bytes: Uint8Array): Extremes {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== versions.first && version !== versions.withWindows)
    throw new RangeError(`version ${version} of best prices is not known`);
  return Array.from({ length: reader.unsigned() }, () => {
    const symbol = reader.text();
    const series = coded(version === versions.first ? firstSeriesCodes : seriesCodes, reader.byte());
    const direction = coded(directionCodes, reader.byte());
    const window = version === versions.first ? 0 : reader.unsigned();
    const points = readPoints(reader);
    return { symbol, series, direction, ...(window === 0 ? {} : { windowMs: window - 1 }), points };
  });
}

function isOfFirstVersion({ series, windowMs }: SeriesExtremes): boolean {
  return windowMs === undefined && series !== 'mark';
}

/** No epoch's name is empty: there an empty text means the same epoch again. */
const start: Extreme = { epoch: '', ordinal: 0, exchangeAt: 0, price: '' };

function readPoints(reader: ByteReader): Extreme[] {
  let before = start;
  return Array.from({ length: reader.unsigned() }, () => {
    before = {
      epoch: reader.text() || before.epoch,
      ordinal: before.ordinal + reader.signed(),
      exchangeAt: before.exchangeAt + reader.signed(),
      price: reader.text(),
    };
    return before;
  });
}

function coded<Value>(values: readonly Value[], code: number): Value {
  const value = values[code];
  if (value === undefined) throw new RangeError(`${code} is not among the codes`);
  return value;
}
