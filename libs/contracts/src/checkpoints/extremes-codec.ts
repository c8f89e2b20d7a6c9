import type { Extreme, ShardCheckpoint } from '../documents.ts';
import { ByteReader, ByteWriter } from '../frames/bytes.ts';

type Extremes = ShardCheckpoint['extremes'];

const version = 1;
const seriesCodes = ['trade', 'bid', 'ask'] as const;
const directionCodes = ['highest', 'lowest'] as const;

/**
 * Best prices as bytes, about fifteen a point, so that tens of thousands fit a document: places as
 * differences to the point before, each epoch's name once for the points that follow one another in it.
 */
export function encodeExtremes(extremes: Extremes): Uint8Array {
  const writer = new ByteWriter(64 + extremes.length * 48);
  writer.byte(version);
  writer.unsigned(extremes.length);
  for (const { symbol, series, direction, points } of extremes) {
    writer.text(symbol);
    writer.byte(seriesCodes.indexOf(series));
    writer.byte(directionCodes.indexOf(direction));
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
  const found = reader.byte();
  if (found !== version) throw new RangeError(`version ${found} of best prices is not known`);
  return Array.from({ length: reader.unsigned() }, () => ({
    symbol: reader.text(),
    series: coded(seriesCodes, reader.byte()),
    direction: coded(directionCodes, reader.byte()),
    points: readPoints(reader),
  }));
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
