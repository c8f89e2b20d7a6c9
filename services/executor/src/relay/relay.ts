import { type Commit, commitAttributes } from '@bellwether/contracts';
import type { Publisher } from '@bellwether/bus';
import type { Logger } from '@bellwether/observability';
import type { Outbox } from '@bellwether/store';

const settleAfterMs = 20;

/**
 * Publishes what committed, right after the commit, and deletes the outbox pointer once the message is
 * acknowledged. What fails here stays in the outbox for the sweeper.
 */
export class Relay {
  readonly #publisher: Publisher;
  readonly #outbox: Pick<Outbox, 'settle'>;
  readonly #logger: Logger;
  /** Being published by this process, by `{accountId}:{seq}`. */
  readonly #underWay = new Set<string>();
  #published: Commit[] = [];
  #settling: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(publisher: Publisher, outbox: Pick<Outbox, 'settle'>, logger: Logger) {
    this.#publisher = publisher;
    this.#outbox = outbox;
    this.#logger = logger;
  }

  isUnderWay(accountId: string, seq: number): boolean {
    return this.#underWay.has(`${accountId}:${seq}`);
  }

  /** Never throws: a commit that could not be published is found again in the outbox. */
  async publish(commit: Commit): Promise<void> {
    const id = `${commit.accountId}:${commit.seq}`;
    this.#underWay.add(id);
    try {
      await this.#publisher.publish(Buffer.from(JSON.stringify(commit)), commitAttributes(commit));
      this.#published.push(commit);
      this.#timer ??= setTimeout(() => this.#settle(), settleAfterMs);
    } catch (error) {
      this.#underWay.delete(id);
      this.#logger.error({ err: error, account: commit.accountId, seq: commit.seq }, 'publishing failed');
    }
  }

  /** Waits until what was published is out of the outbox. */
  async close(): Promise<void> {
    await this.#publisher.flush();
    this.#settle();
    await this.#settling;
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const published = this.#published.splice(0);
    if (published.length === 0) return;
    this.#settling = this.#settling.then(async () => this.#delete(published));
  }

  async #delete(published: readonly Commit[]): Promise<void> {
    try {
      await this.#outbox.settle(published);
    } catch (error) {
      this.#logger.warn(
        { err: error },
        'published pointers could not be deleted; they will be published again',
      );
    }
    for (const { accountId, seq } of published) this.#underWay.delete(`${accountId}:${seq}`);
  }
}
