import type { HealthChange, SymbolHealth } from '@bellwether/contracts';

export interface HealthRules {
  /** The shortest silence that makes a symbol stale, milliseconds. */
  readonly silentAfterMs: number;
  /** How many times as long as its longest usual silence a symbol must be silent. */
  readonly silences: number;
  /** A symbol of fewer valid ticks is not expected to tick. */
  readonly expectedAfter: number;
  /** Refused ticks among the last twenty that make a symbol suspect. */
  readonly suspectFrom: number;
  /** Valid ticks in a row that end the suspicion. */
  readonly recoveredAfter: number;
}

export const defaultHealthRules: HealthRules = {
  silentAfterMs: 30_000,
  silences: 10,
  expectedAfter: 10,
  suspectFrom: 10,
  recoveredAfter: 3,
};

/** A change of one symbol's health, to be placed before the ticks that it holds for. */
export type SymbolChange = Omit<HealthChange, 'at'> & { readonly shard: number };

const remembered = 20;
/** How fast a long silence is forgotten: after 70 ticks it counts half. */
const fading = 0.99;

/**
 * Whether the ticks of each symbol can be relied on.
 *
 * - healthy: as long as nothing else is said;
 * - stale: no valid tick for several times its usual silence; until the next valid tick;
 * - suspect: too many of its last ticks were refused; until some valid ones come in a row.
 *
 * Times are epoch milliseconds on the axis of exchange times. It knows no clock.
 */
export class SymbolHealths {
  readonly #rules: HealthRules;
  readonly #symbols = new Map<string, Known>();
  /** No symbol becomes stale before. */
  #nextDeadline = Infinity;

  constructor(rules: HealthRules = defaultHealthRules) {
    this.#rules = rules;
  }

  /** Before this time no silence is too long. */
  get nextDeadline(): number {
    return this.#nextDeadline;
  }

  /** It is that time now: the symbols that have been silent for too long by then. */
  pass(now: number): readonly SymbolChange[] {
    if (now < this.#nextDeadline) return none;
    const changes: SymbolChange[] = [];
    this.#nextDeadline = Infinity;
    for (const [symbol, known] of this.#symbols) {
      const deadline = this.#deadlineOf(known);
      if (deadline > now) this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
      else
        changes.push(
          change(symbol, known, 'stale', `no valid tick for ${deadline - known.validAt} ms`, deadline),
        );
    }
    return changes;
  }

  /** A valid tick: what it changes holds for this tick already. */
  believed(symbol: string, shard: number, now: number): SymbolChange | undefined {
    const known = this.#knownOf(symbol, shard);
    // An outage is no usual silence.
    if (known.valid > 0 && known.health !== 'stale')
      known.usualSilence = Math.max(now - known.validAt, known.usualSilence * fading);
    known.valid += 1;
    known.validAt = now;
    known.streak += 1;
    known.verdicts = (known.verdicts << 1) & allVerdicts;
    const news = this.#afterValid(symbol, known, now);
    this.#nextDeadline = Math.min(this.#nextDeadline, this.#deadlineOf(known));
    return news;
  }

  refused(symbol: string, shard: number, reason: string, now: number): SymbolChange | undefined {
    const known = this.#knownOf(symbol, shard);
    known.streak = 0;
    known.verdicts = ((known.verdicts << 1) | 1) & allVerdicts;
    if (known.health !== 'healthy') return undefined;
    return this.#suspect(symbol, known, `, the last as ${reason}`, now);
  }

  #afterValid(symbol: string, known: Known, now: number): SymbolChange | undefined {
    if (known.health === 'healthy') return undefined;
    if (known.health === 'stale')
      return this.#suspect(symbol, known, '', now) ?? change(symbol, known, 'healthy', 'ticks again', now);
    if (known.streak < this.#rules.recoveredAfter) return undefined;
    known.verdicts = 0;
    return change(symbol, known, 'healthy', `${known.streak} valid ticks in a row`, now);
  }

  #suspect(symbol: string, known: Known, last: string, now: number): SymbolChange | undefined {
    const refused = countOf(known.verdicts);
    if (refused < this.#rules.suspectFrom) return undefined;
    return change(symbol, known, 'suspect', `${refused} of the last ${remembered} ticks refused${last}`, now);
  }

  #deadlineOf({ health, valid, validAt, usualSilence }: Known): number {
    const { silentAfterMs, silences, expectedAfter } = this.#rules;
    if (health !== 'healthy' || valid < expectedAfter) return Infinity;
    return Math.ceil(validAt + Math.max(silentAfterMs, silences * usualSilence));
  }

  #knownOf(symbol: string, shard: number): Known {
    const found = this.#symbols.get(symbol);
    if (found !== undefined) return found;
    const known: Known = {
      shard,
      health: 'healthy',
      valid: 0,
      validAt: 0,
      usualSilence: 0,
      streak: 0,
      verdicts: 0,
    };
    this.#symbols.set(symbol, known);
    return known;
  }
}

interface Known {
  readonly shard: number;
  health: SymbolHealth;
  /** How many valid ticks there were, and when the last came in. */
  valid: number;
  validAt: number;
  /** The longest silence between valid ticks, older ones fading, milliseconds. */
  usualSilence: number;
  /** Valid ticks since the last refused one. */
  streak: number;
  /** The last verdicts, one bit each, the newest lowest: 1 is refused. */
  verdicts: number;
}

const none: readonly SymbolChange[] = [];
const allVerdicts = 2 ** remembered - 1;

function change(
  symbol: string,
  known: Known,
  health: SymbolHealth,
  reason: string,
  since: number,
): SymbolChange {
  known.health = health;
  return { symbol, shard: known.shard, health, reason, since };
}

function countOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest &= rest - 1) count += 1;
  return count;
}
