import { Instrument, paths } from '@bellwether/contracts';
import { type Instrument as DomainInstrument, plainInstrument } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';

const reopenAfterMs = 2_000;

/**
 * What each symbol is, kept current from `instruments`. A symbol that is not there is plain: linear, without
 * steps. What is there and cannot be read is refused loudly, and the symbol keeps what it was.
 */
export class InstrumentCatalogue {
  readonly #firestore: Firestore;
  readonly #logger: Logger;
  readonly #instruments = new Map<string, DomainInstrument>();
  #stop: () => void = () => undefined;
  #isOpen = true;

  constructor(firestore: Firestore, logger: Logger) {
    this.#firestore = firestore;
    this.#logger = logger;
  }

  readonly of = (symbol: string): DomainInstrument =>
    this.#instruments.get(symbol) ?? plainInstrument(symbol);

  /** Resolves when all that is there is known. */
  async open(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#listen(first);
    await first.promise;
  }

  close(): void {
    this.#isOpen = false;
    this.#stop();
  }

  #listen(first?: PromiseWithResolvers<void>): void {
    this.#stop = this.#firestore.collection(paths.instruments()).onSnapshot(
      (snapshot) => {
        for (const { type, doc } of snapshot.docChanges()) this.#take(type, doc.id, doc.data());
        first?.resolve();
      },
      (error) => {
        this.#logger.error({ err: error }, 'the listener of instruments ended; reopening');
        setTimeout(() => {
          if (this.#isOpen) this.#listen(first);
        }, reopenAfterMs).unref();
      },
    );
  }

  #take(change: 'added' | 'modified' | 'removed', id: string, data: unknown): void {
    if (change === 'removed') {
      this.#instruments.delete(decodeURIComponent(id));
      return;
    }
    const parsed = Instrument.safeParse(data);
    if (parsed.success) this.#instruments.set(parsed.data.symbol, parsed.data);
    else this.#logger.error({ err: parsed.error, instrument: id }, 'an instrument cannot be read');
  }
}
