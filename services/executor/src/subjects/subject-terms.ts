import type { ByteReader, ByteWriter } from '@bellwether/contracts';
import {
  type ArmedFrom,
  type Decimal,
  type Line,
  type LineDistance,
  type LineReason,
  type NamedLine,
  decimal,
  formatDecimal,
} from '@bellwether/domain';
import { type ArmedSubject, armedKey, watching } from '../ticks/fired.ts';
import { isText, textOf } from './text-bytes.ts';

/** Codes are places in these lists: they only ever grow at their ends. */
const kinds = ['position', 'trigger', 'order', 'signal'] as const satisfies readonly ArmedSubject['kind'][];
const lineKinds = ['fixed', 'trailing', 'time', 'move'] as const;
const series = ['trade', 'bid', 'ask', 'mark'] as const;
const fires = ['atOrBelow', 'atOrAbove'] as const;
const follows = ['highest', 'lowest'] as const;
const directions = ['up', 'down', 'either'] as const;
const reasons = [
  'stopLoss',
  'trailingStop',
  'timeExit',
  'breakEven',
  'activation',
  'takeProfit',
  'order',
  'trigger',
  'expiry',
] as const satisfies readonly LineReason[];

/** The units of a decimal that do not fit a number are written as text, after a scale of this more. */
const largeUnits = 0x80;

/** Names are kept apart, once each: these give and take their numbers. */
export type NumberOf = (name: string) => number;
export type NameAt = (number: number) => string;

/** What tells subjects apart: see `armedKey`. */
export type SubjectKey = Parameters<typeof armedKey>[0];

/** Writes a subject but for its symbol and its version. */
export function writeTerms(writer: ByteWriter, subject: ArmedSubject, numberOf: NumberOf): void {
  const { tenant, uid, accountId } = subject.account;
  for (const name of [tenant, uid, accountId]) writer.unsigned(numberOf(name));
  writer.byte(kinds.indexOf(subject.kind));
  writer.text(subject.id);
  const lines = subject.armed ?? [];
  const lineAt = armedKey(subject).length + 1;
  writer.unsigned(lines.length);
  for (const { key, armedFrom, line } of lines) {
    writer.unsigned(numberOf(key.slice(lineAt)));
    writeFrom(writer, armedFrom, numberOf);
    writeLine(writer, line);
  }
}

/** Reads what `writeTerms` wrote. @throws RangeError for bytes that it did not write. */
export function readTerms(
  reader: ByteReader,
  { symbol, version }: Pick<ArmedSubject, 'symbol' | 'version'>,
  nameAt: NameAt,
): ArmedSubject {
  const name = () => nameAt(reader.unsigned());
  const account = { tenant: name(), uid: name(), accountId: name() };
  const kind = coded(kinds, reader);
  // Ids are of one subject each: to remember their texts would be in vain.
  const id = textOf(reader.textBytes());
  const lines: NamedLine[] = [];
  for (let left = reader.unsigned(); left > 0; left -= 1)
    lines.push({ id: name(), armedFrom: readFrom(reader, nameAt), line: readLine(reader) });
  if (reader.remaining > 0) throw new RangeError('bytes are left over');
  return watching({ account, kind, id, symbol, version }, lines);
}

/** The key of a subject alone, as `armedKey` gives it. */
export function readKey(reader: ByteReader, nameAt: NameAt): string {
  reader.unsigned();
  reader.unsigned();
  const accountId = nameAt(reader.unsigned());
  const kind = coded(kinds, reader);
  return armedKey({ account: { accountId }, kind, id: textOf(reader.textBytes()) });
}

/** Whether the subject has this key, of an account that has this number among the names. */
export function hasKey(
  reader: ByteReader,
  account: number,
  { kind, id }: Omit<SubjectKey, 'account'>,
): boolean {
  reader.unsigned();
  reader.unsigned();
  return reader.unsigned() === account && kinds[reader.byte()] === kind && isText(reader.textBytes(), id);
}

function writeFrom(writer: ByteWriter, from: ArmedFrom, numberOf: NumberOf): void {
  if ('at' in from) {
    writer.byte(0);
    writer.float(from.at);
    return;
  }
  writer.byte(1);
  writer.unsigned(numberOf(from.epoch));
  writer.unsigned(from.ordinal);
}

function readFrom(reader: ByteReader, nameAt: NameAt): ArmedFrom {
  if (reader.byte() === 0) return { at: reader.float() };
  return { epoch: nameAt(reader.unsigned()), ordinal: reader.unsigned() };
}

function writeLine(writer: ByteWriter, line: Line): void {
  writer.byte(lineKinds.indexOf(line.kind));
  writer.byte(reasons.indexOf(line.reason));
  writer.byte(series.indexOf(line.series));
  switch (line.kind) {
    case 'fixed':
      writer.byte(fires.indexOf(line.fires));
      writeDecimal(writer, line.price);
      break;
    case 'trailing':
      writer.byte(follows.indexOf(line.follows));
      writeDistance(writer, line.distance);
      writeDecimal(writer, line.start);
      break;
    case 'time':
      writer.float(line.at);
      break;
    case 'move':
      writer.byte(directions.indexOf(line.direction));
      writer.float(line.ppm);
      writer.float(line.windowMs);
      break;
  }
}

function readLine(reader: ByteReader): Line {
  const kind = coded(lineKinds, reader);
  const what = { reason: coded(reasons, reader), series: coded(series, reader) };
  switch (kind) {
    case 'fixed':
      return { kind, ...what, fires: coded(fires, reader), price: readDecimal(reader) };
    case 'trailing':
      return {
        kind,
        ...what,
        follows: coded(follows, reader),
        distance: readDistance(reader),
        start: readDecimal(reader),
      };
    case 'time':
      return { kind, ...what, at: reader.float() };
    case 'move':
      return {
        kind,
        ...what,
        direction: coded(directions, reader),
        ppm: reader.float(),
        windowMs: reader.float(),
      };
  }
}

function writeDistance(writer: ByteWriter, distance: LineDistance): void {
  if ('ppm' in distance) {
    writer.byte(0);
    writer.float(distance.ppm);
  } else {
    writer.byte(1);
    writeDecimal(writer, distance.absolute);
  }
}

function readDistance(reader: ByteReader): LineDistance {
  return reader.byte() === 0 ? { ppm: reader.float() } : { absolute: readDecimal(reader) };
}

function writeDecimal(writer: ByteWriter, { units, scale }: Decimal): void {
  if (units > -largestUnits && units < largestUnits) {
    writer.byte(scale);
    writer.signed(Number(units));
  } else {
    writer.byte(scale + largeUnits);
    writer.text(formatDecimal({ units, scale: 0 }));
  }
}

const largestUnits = 2n ** 51n;

function readDecimal(reader: ByteReader): Decimal {
  const scale = reader.byte();
  if (scale < largeUnits) return { units: BigInt(reader.signed()), scale };
  return { units: decimal(reader.text()).units, scale: scale - largeUnits };
}

function coded<Value>(values: readonly Value[], reader: ByteReader): Value {
  const code = reader.byte();
  const value = values[code];
  if (value === undefined) throw new RangeError(`no code ${code}`);
  return value;
}
