import { type ScopeEvent, type SymbolDocument, paths, systemScope } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import type { ScopeStore, StoredScopeCommit } from '@bellwether/store';
import { type Pause, pause } from '../pause.ts';
import type { FrameOrigin } from '../shards/shard-runner.ts';
import type { PauseChange } from './symbol-pauses.ts';

export interface PauseRecordsOptions {
  readonly scopes: Pick<ScopeStore, 'commit'>;
  /** Hears of every commit of this process, once it is durable. */
  readonly onCommitted: (stored: StoredScopeCommit) => void;
  readonly logger: Logger;
  readonly pause?: Pause;
}

const mostPerCommit = 50;
const tryAgainMs = 250;

/**
 * Commits that symbols are paused or resumed: to the system's journal, with the state of each symbol as
 * `ops_symbols/{symbol}`. A frame that is judged again after a crash changes nothing again.
 */
export class PauseRecords {
  readonly #options: PauseRecordsOptions;
  readonly #pause: Pause;
  /** In the order of the frames: what was earlier is no news after what was later. */
  #lane: Promise<void> = Promise.resolve();

  constructor(options: PauseRecordsOptions) {
    this.#options = options;
    this.#pause = options.pause ?? pause;
  }

  /** Resolves when all of it is committed; failures and contention are retried without bound. */
  async record(changes: readonly PauseChange[], origin: FrameOrigin): Promise<void> {
    this.#lane = this.#inTurn(this.#lane, changes, origin);
    return this.#lane;
  }

  async #inTurn(before: Promise<void>, changes: readonly PauseChange[], origin: FrameOrigin): Promise<void> {
    await before;
    for (let first = 0; first < changes.length; first += mostPerCommit)
      await this.#commit(changes.slice(first, first + mostPerCommit), origin);
  }

  async #commit(changes: readonly PauseChange[], origin: FrameOrigin): Promise<void> {
    const { shard, epoch, number, traceparent } = origin;
    const documents = [...new Set(changes.map(({ symbol }) => paths.symbol(symbol)))];
    for (;;) {
      try {
        const outcome = await this.#options.scopes.commit<never>(systemScope, {
          cause: { kind: 'frame', shard, epoch, number },
          traceparent,
          documents,
          decide: (found, seq) => decidePauses(changes, found, seq),
        });
        if (outcome.status === 'committed') this.#options.onCommitted(outcome.stored);
        if (outcome.status !== 'contended') return;
      } catch (error) {
        this.#options.logger.error(
          { err: error, shard, epoch, number },
          'a pause could not be committed; trying again',
        );
      }
      await this.#pause(tryAgainMs);
    }
  }
}

/** The events of those changes that are news, and what the symbols are after them. */
export function decidePauses(
  changes: readonly PauseChange[],
  found: ReadonlyMap<string, unknown>,
  seq: number,
): { readonly events: readonly ScopeEvent[]; readonly documents: ReadonlyMap<string, SymbolDocument> } {
  const documents = new Map<string, SymbolDocument>();
  const events: ScopeEvent[] = [];
  for (const { symbol, health, reason, since, place } of changes) {
    const path = paths.symbol(symbol);
    // Only this decision writes these documents.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const known = documents.get(path) ?? (found.get(path) as SymbolDocument | undefined);
    if (known !== undefined && !isLater(place, known.place)) continue;
    documents.set(path, { symbol, health, reason, since, place, seq });
    events.push(
      health === 'healthy'
        ? { type: 'SymbolResumed', symbol, reason, since, place }
        : { type: 'SymbolPaused', symbol, health, reason, since, place },
    );
  }
  return { events, documents };
}

/** Epochs of one feed sort by their text; a symbol of a re-sharded system begins anew. */
function isLater(place: SymbolDocument['place'], known: SymbolDocument['place']): boolean {
  if (place.shard !== known.shard || place.epoch !== known.epoch)
    return place.shard !== known.shard || place.epoch > known.epoch;
  return place.frame === known.frame ? place.index > known.index : place.frame > known.frame;
}
