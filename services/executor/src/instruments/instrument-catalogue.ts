import { Instrument, paths } from '@bellwether/contracts';
import { type Instrument as DomainInstrument, plainInstrument } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';
import { StandingQuery } from '../standing-query.ts';

/**
 * What each symbol is, kept current from `instruments`. A symbol that is not there is plain: linear, without
 * steps. What is there and cannot be read is refused loudly, and the symbol keeps what it was.
 */
export class InstrumentCatalogue {
  readonly #logger: Logger;
  readonly #instruments = new Map<string, DomainInstrument>();
  readonly #query: StandingQuery;

  constructor(firestore: Firestore, logger: Logger) {
    this.#logger = logger;
    this.#query = new StandingQuery({
      query: firestore.collection(paths.instruments()),
      take: (found) => this.#take(found.id, found.data()),
      drop: ({ id }) => this.#instruments.delete(decodeURIComponent(id)),
      logger,
    });
  }

  readonly of = (symbol: string): DomainInstrument =>
    this.#instruments.get(symbol) ?? plainInstrument(symbol);

  /** Resolves when all that is there is known. */
  async open(): Promise<void> {
    await this.#query.open();
  }

  close(): void {
    this.#query.close();
  }

  #take(id: string, data: unknown): void {
    const parsed = Instrument.safeParse(data);
    if (parsed.success) this.#instruments.set(parsed.data.symbol, parsed.data);
    else this.#logger.error({ err: parsed.error, instrument: id }, 'an instrument cannot be read');
  }
}
