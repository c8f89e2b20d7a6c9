import { ByteReader, ByteWriter } from './bytes.ts';
import {
  type Frame,
  type FrameInstrument,
  type HealthChange,
  largestFrameInteger,
  symbolHealths,
} from './frame.ts';

const magic = 0xb3;
/** Version 1 knows no mark prices, version 2 no changes of health. */
const versions = { first: 1, withMarks: 2, withHealth: 3 };
const kindCodes = ['trade', 'quote', 'mark'] as const satisfies readonly FrameInstrument['kind'][];

/** The version in which a frame is written: the first that holds it. */
export function frameVersion({ instruments, health = [] }: Frame): number {
  if (health.length > 0) return versions.withHealth;
  return instruments.some(({ kind }) => kind === 'mark') ? versions.withMarks : versions.first;
}

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
  writer.byte(frameVersion(frame));
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
  if (frameVersion(frame) >= versions.withHealth) writeHealth(writer, frame.health ?? []);
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
  if (version < versions.first || version > versions.withHealth)
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
  // One piece of memory for all columns: to get four costs as much as to read them.
  const memory = new ArrayBuffer(
    length * (3 * Float64Array.BYTES_PER_ELEMENT + Uint16Array.BYTES_PER_ELEMENT),
  );
  const exchangeAt = new Float64Array(memory, 0, length);
  const first = new Float64Array(memory, exchangeAt.byteLength, length);
  const second = new Float64Array(memory, exchangeAt.byteLength * 2, length);
  const instrument = new Uint16Array(memory, exchangeAt.byteLength * 3, length);
  reader.unsignedColumn(instrument);
  for (let i = 0; i < length; i += 1)
    if ((instrument[i] ?? 0) >= symbols) throw new FrameError('a tick names an instrument that is not there');
  reader.signedColumn(exchangeAt);
  let time = 0;
  for (let i = 0; i < length; i += 1) exchangeAt[i] = time += exchangeAt[i] ?? 0;
  reader.signedColumn(first);
  reader.signedColumn(second);
  const last = new Float64Array(symbols);
  const isQuote = Uint8Array.from(instruments, ({ kind }) => (kind === 'quote' ? 1 : 0));
  for (let i = 0; i < length; i += 1) {
    const index = instrument[i] ?? 0;
    const a = (last[index] ?? 0) + (first[i] ?? 0);
    const b = (second[i] ?? 0) + (isQuote[index] === 1 ? a : 0);
    if (!(a >= 0 && a <= largestFrameInteger && b >= 0 && b <= largestFrameInteger))
      throw new FrameError('a price or size is out of range');
    last[index] = a;
    first[i] = a;
    second[i] = b;
  }
  const health = version >= versions.withHealth ? readHealth(reader, length) : undefined;
  if (reader.remaining > 0) throw new FrameError('bytes follow the frame');
  const frame: Frame = {
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
  return health === undefined ? frame : { ...frame, health };
}

function kindOf(code: number, version: number): FrameInstrument['kind'] {
  const kind = kindCodes[code];
  if (kind === undefined || (kind === 'mark' && version === versions.first))
    throw new FrameError(`${code} is no kind of instrument`);
  return kind;
}

function writeHealth(writer: ByteWriter, changes: readonly HealthChange[]): void {
  writer.unsigned(changes.length);
  for (const { at, symbol, health, reason, since } of changes) {
    writer.unsigned(at);
    writer.text(symbol);
    writer.byte(symbolHealths.indexOf(health));
    writer.text(reason);
    writer.unsigned(since);
  }
}

function readHealth(reader: ByteReader, length: number): readonly HealthChange[] {
  const count = reader.unsigned();
  if (count === 0) throw new FrameError('a frame of version 3 changes no health');
  const changes: HealthChange[] = [];
  let from = 0;
  for (let i = 0; i < count; i += 1) {
    const at = reader.unsigned();
    if (at < from || at > length) throw new FrameError('a change of health is out of order');
    from = at;
    const symbol = reader.text();
    const health = symbolHealths[reader.byte()];
    if (health === undefined) throw new FrameError('a health is not known');
    changes.push({ at, symbol, health, reason: reader.text(), since: reader.unsigned() });
  }
  return changes;
}
