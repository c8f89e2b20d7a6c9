import { ByteWriter } from './bytes.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { kindCodes, magic, versions } from './frame-format.ts';
import { type Frame, type HealthChange, symbolHealths } from './frame.ts';

/** The version in which a frame is written: the first that holds it. */
export function frameVersion({ instruments, health = [] }: Frame): number {
  if (health.length > 0) return versions.withHealth;
  return instruments.some(({ kind }) => kind === 'mark') ? versions.withMarks : versions.first;
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

/**
 * Bytes to a frame in memory of its own. @throws FrameError when the bytes are not a whole, valid frame of a
 * known version.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  return new FrameDecoder().decode(bytes);
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
