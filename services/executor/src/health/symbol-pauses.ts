import type {
  Frame,
  FrameInstrument,
  HealthChange,
  HealthPlace,
  ShardCheckpoint,
} from '@bellwether/contracts';

/** A symbol is paused, or no longer, from a place in the frames on. */
export interface PauseChange extends Omit<HealthChange, 'at'> {
  readonly place: HealthPlace;
}

/** What becomes of a frame when the symbols that are paused are left out. */
export interface FollowedFrame {
  /** The frame for the book: its paused ticks belong to an instrument on which nothing is ever armed. */
  readonly judged: Frame;
  readonly changes: readonly PauseChange[];
}

/** No symbol is spelled so. Ordinals and times stay where they are. */
const nobody: FrameInstrument = { symbol: '', venue: '', kind: 'trade', priceScale: 0, sizeScale: 0 };

/**
 * Which symbols are paused: those whose feed is not healthy. It follows the frames of one shard in order and knows
 * no clock. A new epoch begins with no symbol paused.
 */
export class SymbolPauses {
  #epoch: string | undefined;
  readonly #paused: Set<string>;

  /** Goes on from a checkpoint. */
  constructor(checkpoint?: Pick<ShardCheckpoint, 'epoch' | 'paused'>) {
    this.#epoch = checkpoint?.epoch;
    this.#paused = new Set(checkpoint?.paused);
  }

  /** The paused symbols, sorted: what a restart must know to go on. */
  get symbols(): readonly string[] {
    return [...this.#paused].toSorted();
  }

  isPaused(symbol: string): boolean {
    return this.#paused.has(symbol);
  }

  follow(frame: Frame): FollowedFrame {
    const resumed = frame.epoch === this.#epoch ? [] : this.#resumeAll(frame);
    this.#epoch = frame.epoch;
    const { health = [] } = frame;
    if (health.length === 0 && this.#paused.size === 0) return { judged: frame, changes: resumed };
    const judged = this.#withoutPaused(frame, health);
    const changes = health.map(({ at, ...change }, i) => ({
      ...change,
      place: placeOf(frame, resumed.length + i, at),
    }));
    return { judged, changes: [...resumed, ...changes] };
  }

  #resumeAll(frame: Frame): readonly PauseChange[] {
    const changes = this.symbols.map((symbol, i) => ({
      symbol,
      health: 'healthy' as const,
      reason: 'the feed has begun anew',
      since: frame.receivedAt,
      place: placeOf(frame, i, 0),
    }));
    this.#paused.clear();
    return changes;
  }

  #withoutPaused(frame: Frame, health: readonly HealthChange[]): Frame {
    const { instruments, instrument, length } = frame;
    const masked = instrument.slice();
    let next = 0;
    let isMasked = false;
    for (let i = 0; i <= length; i += 1) {
      for (let change = health[next]; change?.at === i; change = health[next]) {
        this.#apply(change);
        next += 1;
      }
      const symbol = instruments[instrument[i] ?? instruments.length]?.symbol;
      if (symbol === undefined || !this.#paused.has(symbol)) continue;
      masked[i] = instruments.length;
      isMasked = true;
    }
    return isMasked ? { ...frame, instruments: [...instruments, nobody], instrument: masked } : frame;
  }

  #apply({ symbol, health }: HealthChange): void {
    if (health === 'healthy') this.#paused.delete(symbol);
    else this.#paused.add(symbol);
  }
}

function placeOf({ shard, epoch, number, firstOrdinal }: Frame, index: number, at: number): HealthPlace {
  return { shard, epoch, frame: number, index, ordinal: firstOrdinal + at };
}
