import { ByteReader, ByteWriter } from './bytes.ts';
import { type Frame, type FrameInstrument, largestFrameInteger } from './frame.ts';

const magic = 0xb3;
/** Version 1 knows no mark prices. */
const versions = { first: 1, withMarks: 2 };
const kindCodes = ['trade', 'quote', 'mark'] as const satisfies readonly FrameInstrument['kind'][];

/** Thrown for bytes that are not a frame: the message never will be one, so it goes to quarantine. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/**
 * Frame to bytes, about a dozen bytes a tick: version byte, header, then columns of zigzag varints in
 * which times and prices are differences (prices: to the instrument's previous tick).
 *
 * The first version that holds the frame is written, so that a reader from before mark prices goes on
 * reading frames without them.
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const writer = new ByteWriter(64 + frame.instruments.length * 24 + frame.length * 12);
  writer.byte(magic);
  const hasMarks = frame.instruments.some(({ kind }) => kind === 'mark');
  writer.byte(hasMarks ? versions.withMarks : versions.first);
  writer.byte(frame.isLast ? 1 : 0);
  writer.unsigned(frame.shard);
  writer.text(frame.epoch);
  writer.unsigned(frame.number);
  writer.unsigned(frame.firstOrdinal);
  writer.unsigned(frame.receivedAt);
  writer.unsigned(frame.instruments.length);
  for (const { symbol, venue, kind, priceScale, sizeScale } of frame.instruments) {
    writer.text(symbol);
    writer.text(venue);
    writer.byte(kindCodes.indexOf(kind));
    writer.byte(priceScale);
    writer.byte(sizeScale);
  }
  writer.unsigned(frame.length);
  const { instrument, exchangeAt, first, second, instruments } = frame;
  for (let i = 0; i < frame.length; i += 1) writer.unsigned(instrument[i] ?? 0);
  let time = 0;
  for (let i = 0; i < frame.length; i += 1) {
    writer.signed((exchangeAt[i] ?? 0) - time);
    time = exchangeAt[i] ?? 0;
  }
  const last = new Float64Array(instruments.length);
  for (let i = 0; i < frame.length; i += 1) {
    const index = instrument[i] ?? 0;
    const value = first[i] ?? 0;
    writer.signed(value - (last[index] ?? 0));
    last[index] = value;
  }
  for (let i = 0; i < frame.length; i += 1) {
    const isQuote = instruments[instrument[i] ?? 0]?.kind === 'quote';
    const value = second[i] ?? 0;
    writer.signed(isQuote ? value - (first[i] ?? 0) : value);
  }
  return writer.finish();
}

/** Bytes to frame. @throws FrameError when the bytes are not a whole, valid frame of a known version. */
export function decodeFrame(bytes: Uint8Array): Frame {
  try {
    return read(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof FrameError) throw error;
    throw new FrameError('not a frame', { cause: error });
  }
}

function read(reader: ByteReader): Frame {
  if (reader.byte() !== magic) throw new FrameError('not a frame');
  const version = reader.byte();
  if (version !== versions.first && version !== versions.withMarks)
    throw new FrameError(`frame version ${version} is not known`);
  const isLast = reader.byte() === 1;
  const shard = reader.unsigned();
  const epoch = reader.text();
  const number = reader.unsigned();
  const firstOrdinal = reader.unsigned();
  const receivedAt = reader.unsigned();
  const instruments: FrameInstrument[] = [];
  const symbols = reader.unsigned();
  for (let i = 0; i < symbols; i += 1) {
    instruments.push({
      symbol: reader.text(),
      venue: reader.text(),
      kind: kindOf(reader.byte(), version),
      priceScale: reader.byte(),
      sizeScale: reader.byte(),
    });
  }
  const length = reader.unsigned();
  if (length > reader.remaining) throw new FrameError('the frame is cut short');
  const instrument = new Uint16Array(length);
  const exchangeAt = new Float64Array(length);
  const first = new Float64Array(length);
  const second = new Float64Array(length);
  for (let i = 0; i < length; i += 1) {
    instrument[i] = reader.unsigned();
    if ((instrument[i] ?? 0) >= symbols) throw new FrameError('a tick names an instrument that is not there');
  }
  let time = 0;
  for (let i = 0; i < length; i += 1) exchangeAt[i] = time += reader.signed();
  const last = new Float64Array(symbols);
  for (let i = 0; i < length; i += 1) {
    const index = instrument[i] ?? 0;
    first[i] = last[index] = valid((last[index] ?? 0) + reader.signed());
  }
  for (let i = 0; i < length; i += 1) {
    const isQuote = instruments[instrument[i] ?? 0]?.kind === 'quote';
    second[i] = valid(reader.signed() + (isQuote ? (first[i] ?? 0) : 0));
  }
  if (reader.remaining > 0) throw new FrameError('bytes follow the frame');
  return {
    shard,
    epoch,
    number,
    firstOrdinal,
    receivedAt,
    isLast,
    instruments,
    length,
    instrument,
    exchangeAt,
    first,
    second,
  };
}

function kindOf(code: number, version: number): FrameInstrument['kind'] {
  const kind = kindCodes[code];
  if (kind === undefined || (kind === 'mark' && version === versions.first))
    throw new FrameError(`${code} is no kind of instrument`);
  return kind;
}

function valid(value: number): number {
  if (value < 0 || value > largestFrameInteger) throw new FrameError('a price or size is out of range');
  return value;
}
