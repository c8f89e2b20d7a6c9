import { type AccountRef, ByteReader, ByteWriter } from '@bellwether/contracts';
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

/**
 * Armed subjects as bytes, one block after the other. Names that come again (accounts, symbols, epochs, lines)
 * are written once, so a block can be read only after those before it.
 */
export class SubjectEncoder {
  readonly #names = new Map<string, number>();
  readonly #accounts = new Map<string, number>();

  encode(subjects: readonly ArmedSubject[]): Uint8Array {
    const writer = new ByteWriter(64 + subjects.length * 96);
    writer.unsigned(subjects.length);
    for (const subject of subjects) this.#subject(writer, subject);
    return writer.finish();
  }

  #subject(writer: ByteWriter, subject: ArmedSubject): void {
    this.#account(writer, subject.account);
    writer.byte(kinds.indexOf(subject.kind));
    writer.text(subject.id);
    this.#name(writer, subject.symbol);
    writer.unsigned(subject.version);
    const lines = subject.armed ?? [];
    const lineAt = armedKey(subject).length + 1;
    writer.unsigned(lines.length);
    for (const { key, armedFrom, line } of lines) {
      this.#name(writer, key.slice(lineAt));
      this.#from(writer, armedFrom);
      writeLine(writer, line);
    }
  }

  #account(writer: ByteWriter, { tenant, uid, accountId }: AccountRef): void {
    if (!isNew(this.#accounts, `${tenant}/${uid}/${accountId}`, writer)) return;
    this.#name(writer, tenant);
    this.#name(writer, uid);
    this.#name(writer, accountId);
  }

  #name(writer: ByteWriter, name: string): void {
    if (isNew(this.#names, name, writer)) writer.text(name);
  }

  #from(writer: ByteWriter, from: ArmedFrom): void {
    if ('at' in from) {
      writer.byte(0);
      writer.float(from.at);
      return;
    }
    writer.byte(1);
    this.#name(writer, from.epoch);
    writer.unsigned(from.ordinal);
  }
}

/** Reads what one `SubjectEncoder` wrote, in its order. */
export class SubjectDecoder {
  readonly #names: string[] = [];
  readonly #accounts: AccountRef[] = [];

  /** @throws RangeError for bytes that no encoder wrote. */
  decode(bytes: Uint8Array): ArmedSubject[] {
    const reader = new ByteReader(bytes);
    const subjects: ArmedSubject[] = [];
    for (let left = reader.unsigned(); left > 0; left -= 1) subjects.push(this.#subject(reader));
    if (reader.remaining > 0) throw new RangeError('bytes are left over');
    return subjects;
  }

  #subject(reader: ByteReader): ArmedSubject {
    const account = this.#account(reader);
    const kind = coded(kinds, reader);
    const id = reader.text();
    const symbol = this.#name(reader);
    const version = reader.unsigned();
    const lines: NamedLine[] = [];
    for (let left = reader.unsigned(); left > 0; left -= 1)
      lines.push({ id: this.#name(reader), armedFrom: this.#from(reader), line: readLine(reader) });
    return watching({ account, kind, id, symbol, version }, lines);
  }

  #account(reader: ByteReader): AccountRef {
    return known(this.#accounts, reader, () => {
      const tenant = this.#name(reader);
      const uid = this.#name(reader);
      return { tenant, uid, accountId: this.#name(reader) };
    });
  }

  #name(reader: ByteReader): string {
    return known(this.#names, reader, () => reader.text());
  }

  #from(reader: ByteReader): ArmedFrom {
    if (reader.byte() === 0) return { at: reader.float() };
    return { epoch: this.#name(reader), ordinal: reader.unsigned() };
  }
}

/** Writes the place of what came before; 0 stands for what follows, and then comes as a whole. */
function isNew(places: Map<string, number>, key: string, writer: ByteWriter): boolean {
  const place = places.get(key);
  writer.unsigned(place ?? 0);
  if (place === undefined) places.set(key, places.size + 1);
  return place === undefined;
}

function known<Value>(values: Value[], reader: ByteReader, read: () => Value): Value {
  const place = reader.unsigned();
  if (place === 0) {
    const value = read();
    values.push(value);
    return value;
  }
  const value = values[place - 1];
  if (value === undefined) throw new RangeError(`no name ${place}`);
  return value;
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
