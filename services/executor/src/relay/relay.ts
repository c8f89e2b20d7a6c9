import {
  type Commit,
  type ScopeCommit,
  commitAttributes,
  commitBody,
  scopeAttributes,
  sourceOf,
} from '@bellwether/contracts';
import type { Publisher } from '@bellwether/bus';
import { type Logger, type SpanOptions, inSpan } from '@bellwether/observability';
import type { Outbox, PointerName, StoredCommit, StoredScopeCommit } from '@bellwether/store';

const settleAfterMs = 20;

/** What can be published: a commit that is durable. */
export type Publishable = Pick<StoredCommit, 'commit' | 'eventsJson'> | Pick<StoredScopeCommit, 'commit'>;

/**
 * Publishes what committed, right after the commit, and deletes the outbox pointer once the message is
 * acknowledged. What fails here stays in the outbox for the sweeper.
 */
export class Relay {
  readonly #publisher: Publisher;
  readonly #outbox: Pick<Outbox, 'settle'>;
  readonly #logger: Logger;
  /** Being published by this process, by `{source}:{seq}`. */
  readonly #underWay = new Set<string>();
  /** Since the process started. */
  readonly counts = { published: 0, failed: 0 };
  /** Names alone: the pointers may stay for a while, and commits are large. */
  #published: PointerName[] = [];
  readonly #publishing = new Set<Promise<void>>();
  #settling: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(publisher: Publisher, outbox: Pick<Outbox, 'settle'>, logger: Logger) {
    this.#publisher = publisher;
    this.#outbox = outbox;
    this.#logger = logger;
  }

  /** Commits that are being published, or whose pointers are not deleted yet. */
  get pending(): number {
    return this.#underWay.size;
  }

  /** @param source the id of the account, or of the scope, that committed. */
  isUnderWay(source: string, seq: number): boolean {
    return this.#underWay.has(`${source}:${seq}`);
  }

  /** Never throws: a commit that could not be published is found again in the outbox. */
  async publish(stored: Publishable): Promise<void> {
    const publishing = this.#publish(stored);
    this.#publishing.add(publishing);
    await publishing;
    this.#publishing.delete(publishing);
  }

  /** Waits until what was published is out of the outbox. */
  async close(): Promise<void> {
    await this.#publisher.flush();
    await Promise.all(this.#publishing);
    this.#settle();
    await this.#settling;
  }

  async #publish(stored: Publishable): Promise<void> {
    const { commit } = stored;
    const id = idOf(commit);
    this.#underWay.add(id);
    try {
      const attributes = 'scope' in commit ? scopeAttributes(commit) : commitAttributes(commit);
      await inSpan('publish', spanOf(commit), async ({ traceparent }) =>
        this.#publisher.publish(bodyOf(stored), {
          ...attributes,
          'ce-traceparent': traceparent,
        }),
      );
      this.counts.published += 1;
      this.#published.push(nameOf(commit));
      this.#timer ??= setTimeout(() => this.#settle(), settleAfterMs);
    } catch (error) {
      this.#underWay.delete(id);
      this.counts.failed += 1;
      this.#logger.error({ err: error, source: sourceOf(commit), seq: commit.seq }, 'publishing failed');
    }
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const published = this.#published.splice(0);
    if (published.length === 0) return;
    this.#settling = this.#settling.then(async () => this.#delete(published));
  }

  async #delete(published: readonly PointerName[]): Promise<void> {
    try {
      await this.#outbox.settle(published);
    } catch (error) {
      this.#logger.warn(
        { err: error },
        'published pointers could not be deleted; they will be published again',
      );
    }
    for (const name of published) this.#underWay.delete(idOf(name));
  }
}

function bodyOf(stored: Publishable): Buffer {
  const { commit } = stored;
  if ('scope' in commit) return Buffer.from(JSON.stringify(commit));
  return commitBody(commit, 'eventsJson' in stored ? stored.eventsJson : undefined);
}

/** Who handles the message goes on below its publication. */
function spanOf(commit: Commit | ScopeCommit): SpanOptions {
  return {
    traceparent: commit.traceparent,
    kind: 'producer',
    attributes: { 'bellwether.source': sourceOf(commit), 'bellwether.seq': commit.seq },
  };
}

function nameOf(commit: Commit | ScopeCommit): PointerName {
  const { seq } = commit;
  return 'scope' in commit ? { scope: commit.scope, seq } : { accountId: commit.accountId, seq };
}

function idOf(name: PointerName): string {
  return `${sourceOf(name)}:${name.seq}`;
}
