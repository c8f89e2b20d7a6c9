import {
  type LedgerSumsDocument,
  type LedgerTradeDocument,
  shardOf,
  timeShards,
} from '@bellwether/contracts';
import { DaySums } from './day-sums.ts';

/** A projection holds fewer sums by day than this: it is written with every booking. */
const mostOpen = 100;

/** The sums of an account that still grow. Which trades become a document together depends on the trades before them alone. */
export class OpenSums {
  #sums: DaySums;

  /** @param text what `text` told of the trades before. */
  constructor(text = '[]') {
    this.#sums = DaySums.parse(text);
  }

  /** The document of all that have grown so far, where this trade makes them many enough: then they begin anew. */
  add(trade: LedgerTradeDocument): LedgerSumsDocument | undefined {
    const sums = this.#sums;
    sums.add(trade);
    if (sums.size < mostOpen) return undefined;
    this.#sums = new DaySums();
    const { eventId: id, accountId, uid } = trade;
    const shard = shardOf(id, timeShards);
    return { eventId: id, accountId, uid, shard, ...sums.days(), sums: sums.text() };
  }

  text(): string {
    return this.#sums.text();
  }
}
