import { type AccountRef, type Commit, commitAttributes } from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import { AccountStore, connectFirestore, touchedBy } from '@bellwether/store';
import type { TestCloud } from '@bellwether/testing';

const logger = createLogger({ service: 'ledger', level: 'silent' });

/** An account as an executor leaves it: journal entries and state documents. */
export class Journal {
  readonly #cloud: TestCloud;
  readonly #ref: AccountRef;
  readonly #store: AccountStore;

  constructor(cloud: TestCloud, ref: AccountRef) {
    this.#cloud = cloud;
    this.#ref = ref;
    const firestore = connectFirestore(cloud.environment);
    this.#store = new AccountStore({ firestore, clock: systemClock, ids: systemIds, logger, shards: 2 });
  }

  async append(events: readonly AccountEvent[]): Promise<Commit> {
    const touched = events.flatMap(touchedBy);
    const outcome = await this.#store.commit(this.#ref, {
      cause: { kind: 'frame', shard: 0, epoch: 'tape-0000000001', number: 1 },
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      positionIds: touched.filter(({ kind }) => kind === 'position').map(({ id }) => id),
      decide: () => ({ events }),
    });
    if (outcome.status !== 'committed') throw new Error(`not committed: ${outcome.status}`);
    return outcome.stored.commit;
  }

  async publish(commit: Commit): Promise<void> {
    const data = Buffer.from(JSON.stringify(commit));
    await this.#cloud.pubsub.topic('events').publishMessage({ data, attributes: commitAttributes(commit) });
  }
}
