import { ByteReader } from './bytes.ts';
import { FrameError, kindCodes, magic, versions } from './frame-format.ts';
import {
  type Frame,
  type FrameInstrument,
  type HealthChange,
  largestFrameInteger,
  symbolHealths,
} from './frame.ts';

type Columns = Pick<Frame, 'instrument' | 'exchangeAt' | 'first' | 'second'>;

/**
 * Decodes frames one after another into the same memory: the columns of a frame are good until the next one is
 * decoded, all else of it for good. Who needs them longer takes a copy (`copyOfFrame`).
 */
export class FrameDecoder {
  #memory: Columns = columnsOf(0);
  /** Of the memory as much as the last frame took. */
  #columns: Columns = this.#memory;
  /** By instrument: the price of its last tick, and whether it is one of quotes. */
  #last = new Float64Array(0);
  #isQuote = new Uint8Array(0);

  /** @throws FrameError when the bytes are not a whole, valid frame of a known version. */
  decode(bytes: Uint8Array): Frame {
    try {
      return this.#read(new ByteReader(bytes));
    } catch (error) {
      if (error instanceof FrameError) throw error;
      throw new FrameError('not a frame', { cause: error });
    }
  }

  #read(reader: ByteReader): Frame {
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
    const instruments = readInstruments(reader, version);
    const length = reader.unsigned();
    if (length > reader.remaining) throw new FrameError('the frame is cut short');
    const { instrument, exchangeAt, first, second } = this.#columnsFor(length);
    if (reader.indexColumn(instrument) >= instruments.length)
      throw new FrameError('a tick names an instrument that is not there');
    reader.signedColumn(exchangeAt);
    reader.signedColumn(first);
    reader.signedColumn(second);
    const [only] = instruments;
    if (only !== undefined && instruments.length === 1) this.#addUpOf(only);
    else this.#addUp(instruments);
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

  #columnsFor(length: number): Columns {
    if (length === this.#columns.first.length) return this.#columns;
    if (length > this.#memory.first.length) this.#memory = columnsOf(length);
    const { instrument, exchangeAt, first, second } = this.#memory;
    return (this.#columns = {
      instrument: instrument.subarray(0, length),
      exchangeAt: exchangeAt.subarray(0, length),
      first: first.subarray(0, length),
      second: second.subarray(0, length),
    });
  }

  /** Times and prices from their differences. @throws FrameError where one is out of range. */
  #addUp(instruments: readonly FrameInstrument[]): void {
    const { instrument, exchangeAt, first, second } = this.#columns;
    if (this.#last.length < instruments.length) {
      this.#last = new Float64Array(instruments.length);
      this.#isQuote = new Uint8Array(instruments.length);
    }
    const last = this.#last.fill(0, 0, instruments.length);
    const isQuote = this.#isQuote;
    for (const [index, { kind }] of instruments.entries()) isQuote[index] = kind === 'quote' ? 1 : 0;
    let time = 0;
    for (let i = 0; i < first.length; i += 1) {
      const index = instrument[i] ?? 0;
      const a = (last[index] ?? 0) + (first[i] ?? 0);
      const b = (second[i] ?? 0) + (isQuote[index] === 1 ? a : 0);
      if (!isInRange(a) || !isInRange(b)) throw new FrameError('a price or size is out of range');
      exchangeAt[i] = time += exchangeAt[i] ?? 0;
      last[index] = first[i] = a;
      second[i] = b;
    }
  }

  /** The same where all ticks are of one instrument, without a look at each one's. */
  #addUpOf({ kind }: FrameInstrument): void {
    const { exchangeAt, first, second } = this.#columns;
    const isQuote = kind === 'quote';
    let time = 0;
    let a = 0;
    for (let i = 0; i < first.length; i += 1) {
      a += first[i] ?? 0;
      const b = (second[i] ?? 0) + (isQuote ? a : 0);
      if (!isInRange(a) || !isInRange(b)) throw new FrameError('a price or size is out of range');
      exchangeAt[i] = time += exchangeAt[i] ?? 0;
      first[i] = a;
      second[i] = b;
    }
  }
}

function isInRange(value: number): boolean {
  return value >= 0 && value <= largestFrameInteger;
}

/** The frame with columns of its own, which no decoder writes into. */
export function copyOfFrame(frame: Frame): Frame {
  const { instrument, exchangeAt, first, second } = frame;
  return {
    ...frame,
    instrument: instrument.slice(),
    exchangeAt: exchangeAt.slice(),
    first: first.slice(),
    second: second.slice(),
  };
}

/** Four columns in one piece of memory. */
function columnsOf(length: number): Columns {
  const { BYTES_PER_ELEMENT: wide } = Float64Array;
  const memory = new ArrayBuffer(length * (3 * wide + Uint16Array.BYTES_PER_ELEMENT));
  return {
    exchangeAt: new Float64Array(memory, 0, length),
    first: new Float64Array(memory, length * wide, length),
    second: new Float64Array(memory, length * wide * 2, length),
    instrument: new Uint16Array(memory, length * wide * 3, length),
  };
}

function readInstruments(reader: ByteReader, version: number): readonly FrameInstrument[] {
  const instruments: FrameInstrument[] = [];
  const count = reader.unsigned();
  for (let i = 0; i < count; i += 1) {
    instruments.push({
      symbol: reader.text(),
      venue: reader.text(),
      kind: kindOf(reader.byte(), version),
      priceScale: reader.byte(),
      sizeScale: reader.byte(),
    });
  }
  return instruments;
}

function kindOf(code: number, version: number): FrameInstrument['kind'] {
  const kind = kindCodes[code];
  if (kind === undefined || (kind === 'mark' && version === versions.first))
    throw new FrameError(`${code} is no kind of instrument`);
  return kind;
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
