import { type AccountRef, type Cause, type CommandRecord, paths } from '@bellwether/contracts';
import { type Account, type AccountEvent, type Clock, type Ids, evolveAll } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Timestamp } from '@google-cloud/firestore';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccountImage, type Needs, needsOf } from './account-image.ts';
import { type CommitParts, commandRecord, writesOfCommit } from './account-writes.ts';
import type { StoreFirestore } from './connect.ts';
import { UnstorableValueError, isAborted, isAlreadyExists, isDefiniteRefusal } from './errors.ts';
import { type StoredCommit, epochMilliseconds, readCommit, readCommits } from './journal.ts';
import { readDocument } from './read-document.ts';
import { readOne } from './reads/read-list.ts';
import { type SealedCommit, sealCommit } from './seal-commit.ts';
import { type TouchedDocument, touchedDocuments } from './state-documents.ts';

/** What a decision said: events to commit (possibly none), or a refusal to hand back. */
export type Decision<Refusal> =
  | {
      readonly events: readonly AccountEvent[];
      /** The account after all of them, where whoever decided has folded them already. */
      readonly after?: Account;
    }
  | { readonly refusal: Refusal };

export interface CommitRequest<Refusal> extends Needs {
  readonly cause: Cause;
  readonly traceparent: string;
  /** What the documents that are loaded point to, to be loaded as well. */
  related?(account: Account): Needs;
  /** For a command: the hash of its content, recorded under its key. */
  readonly requestHash?: string;
  /** One commit of a command before its last: nothing is recorded under the key, and nothing done once that is there. */
  readonly isPart?: boolean;
  /** Pure: it may be called several times. It sees the account at the journal's head, whose last entry is `version`. */
  decide(account: Account, isOpen: boolean, version: number): Decision<Refusal>;
}

/** What became of writes to journals since the process started. */
export interface CommitCounts {
  committed: number;
  /** Another writer was faster. */
  contended: number;
  /** Firestore refused at the journal's head: a document was not as the image knew it. */
  refusedAtHead: number;
  /** Firestore aborted it for contention, and it was sent again. */
  aborted: number;
  /** The answer was an error, and the commit was applied. */
  appliedUnclear: number;
  /** The answer was an error, the commit was not applied, and was sent again. */
  sentAgain: number;
}

export type CommitOutcome<Refusal> =
  | {
      readonly status: 'committed';
      readonly stored: StoredCommit;
      readonly account: Account;
      /** The documents that it changed, where that is known already. */
      readonly touched?: readonly TouchedDocument[];
    }
  /** The decision made no events. */
  | { readonly status: 'unchanged'; readonly version: number }
  | { readonly status: 'refused'; readonly refusal: Refusal }
  /** The command's key was committed before, with the same content. */
  | { readonly status: 'repeated'; readonly seq: number }
  /** The command's key was committed before, with other content. */
  | { readonly status: 'keyReused' }
  /** Another writer was faster; the image is at the head again: decide anew. */
  | { readonly status: 'contended' };

const maxImages = 10_000;
/** Other writers are between two reads now and then, not as often as this. */
const mostRefreshed = 10;
const jitterMs = { least: 10, spread: 20 };
/** Pauses after failures that contention does not explain double up to so many times: to 1.3 to 3.8 s. */
const mostDoublings = 7;

/**
 * Commits to accounts, one lane per account: events, state and outbox pointer in one atomic write, at the
 * journal's head. Its guarantees:
 *
 * - a commit is applied wholly, once, or not at all, whatever the answer to the write was: an unclear
 *   answer is resolved by reading `journal/{seq}` before anything else commits for the account;
 * - what is committed was decided at the head, and so is what commits nothing: no refusal rests on an
 *   image that another writer has outdated;
 * - a commit to a warm account costs no read.
 */
export class AccountStore {
  readonly #firestore: StoreFirestore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #logger: Logger;
  readonly #shards: number;
  readonly #images = new Map<string, AccountImage>();
  readonly #lanes = new Map<string, Promise<unknown>>();
  readonly counts: CommitCounts = {
    committed: 0,
    contended: 0,
    refusedAtHead: 0,
    aborted: 0,
    appliedUnclear: 0,
    sentAgain: 0,
  };

  constructor(options: {
    firestore: StoreFirestore;
    clock: Clock;
    ids: Ids;
    logger: Logger;
    shards: number;
  }) {
    this.#firestore = options.firestore;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#logger = options.logger;
    this.#shards = options.shards;
  }

  /**
   * Waits its turn in the account's lane, decides and commits.
   *
   * Throws with nothing committed when `decide` throws, when what must be read cannot be read, and
   * @throws DocumentTooLargeError, UnstorableValueError, WrongTenantError.
   */
  async commit<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): Promise<CommitOutcome<Refusal>> {
    const before = this.#lanes.get(ref.accountId) ?? Promise.resolve();
    const turn = before.then(async () => this.#commitInTurn(ref, request));
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#lanes.set(ref.accountId, settled);
    try {
      return await turn;
    } finally {
      if (this.#lanes.get(ref.accountId) === settled) this.#lanes.delete(ref.accountId);
    }
  }

  async #commitInTurn<Refusal>(
    ref: AccountRef,
    request: CommitRequest<Refusal>,
  ): Promise<CommitOutcome<Refusal>> {
    const cached = this.#images.get(ref.accountId);
    const image = await this.#imageOf(ref, request);
    await this.#complete(image, request);
    const isWarm = image === cached;
    if (request.isPart === true) {
      const repeat = await this.#findRepeat(ref, request);
      if (repeat !== undefined) return repeat;
    }
    let decision = request.decide(image.account, image.isOpen, image.version);
    if (isWarm && isWithoutEvents(decision) && (await this.#catchUp(image))) {
      await this.#complete(image, request);
      decision = request.decide(image.account, image.isOpen, image.version);
    }
    if (isWithoutEvents(decision)) {
      const repeat = await this.#findRepeat(ref, request);
      if (repeat !== undefined) return repeat;
    }
    if ('refusal' in decision) return { status: 'refused', refusal: decision.refusal };
    if (decision.events.length === 0) return this.#unchanged(image, request);

    const sealed = this.#compose(image, request, decision.events);
    const after = decision.after ?? evolveAll(image.account, sealed.commit.events);
    const touched = touchedDocuments(ref, sealed.commit.events, image.account);
    for (let failures = 0; ; failures += 1) {
      const result = await this.#write(image, { sealed, after, touched }, request);
      if (result.status === 'committed') {
        this.counts.committed += 1;
        image.advance(result.stored, { after, touched });
        return { ...result, account: after, touched };
      }
      if (result.status === 'lost') {
        this.counts.contended += 1;
        const repeat = await this.#findRepeat(ref, request);
        await this.#catchUp(image);
        return repeat ?? { status: 'contended' };
      }
      if (result.status === 'refused') {
        this.counts.refusedAtHead += 1;
        this.#images.delete(ref.accountId);
        const repeat = await this.#findRepeat(ref, request);
        if (repeat !== undefined) return repeat;
        // Also what it did not look for: one of these stood in its way, and would again.
        const fresh = await this.#imageOf(ref, request);
        await fresh.complete(this.#firestore, needsOf(touched));
        return { status: 'contended' };
      }
      this.counts[result.status === 'contention' ? 'aborted' : 'sentAgain'] += 1;
      // Contention passes; what else fails is pressed less and less.
      await this.#pause(result.status === 'contention' ? 0 : failures);
    }
  }

  /** Sends the batch and finds out, whatever the answer, what became of it. */
  async #write(
    image: AccountImage,
    parts: Pick<CommitParts, 'sealed' | 'after' | 'touched'>,
    request: CommitRequest<unknown>,
  ): Promise<
    | { status: 'committed'; stored: StoredCommit }
    | { status: 'lost' | 'refused' | 'contention' | 'unapplied' }
  > {
    const { sealed } = parts;
    const { commit } = sealed;
    const requestHash = request.isPart === true ? undefined : request.requestHash;
    const writes = writesOfCommit(image, {
      ...parts,
      shards: this.#shards,
      now: this.#clock.now(),
      ...(requestHash === undefined ? {} : { requestHash }),
    });
    try {
      return { status: 'committed', stored: toStored(sealed, await this.#firestore.commitOnce(writes)) };
    } catch (error) {
      if (error instanceof UnstorableValueError) throw error;
      const found = await this.#readUntilAnswered(image.ref, commit.seq);
      const fields = { account: image.ref.accountId, seq: commit.seq, err: error };
      if (found?.commit.commitId === commit.commitId) {
        this.counts.appliedUnclear += 1;
        this.#logger.warn(fields, 'the commit was applied although its answer was an error');
        return { status: 'committed', stored: found };
      }
      if (found !== undefined) return { status: 'lost' };
      if (isDefiniteRefusal(error)) {
        this.#logger.warn(fields, 'the commit was refused at the journal head');
        return { status: 'refused' };
      }
      this.#logger.warn(fields, 'the commit was not applied; the identical commit is sent again');
      return { status: isAborted(error) ? 'contention' : 'unapplied' };
    }
  }

  /** Nothing may commit for the account before this is answered, so it is asked without end. */
  async #readUntilAnswered(ref: AccountRef, seq: number): Promise<StoredCommit | undefined> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await readCommit(this.#firestore, ref, seq);
      } catch (error) {
        if (isDefiniteRefusal(error)) throw error;
        this.#logger.warn(
          { account: ref.accountId, seq, err: error },
          'cannot read the journal; trying again',
        );
        await this.#pause(failures);
      }
    }
  }

  async #imageOf(ref: AccountRef, needs: Needs): Promise<AccountImage> {
    const found = this.#images.get(ref.accountId);
    const cached = found?.ref.tenant === ref.tenant && found.ref.uid === ref.uid ? found : undefined;
    const image = cached ?? (await AccountImage.load(this.#firestore, ref, needs));
    this.#images.delete(ref.accountId);
    this.#images.set(ref.accountId, image);
    if (this.#images.size > maxImages) {
      const [oldest] = this.#images.keys();
      if (oldest !== undefined) this.#images.delete(oldest);
    }
    if (cached === undefined) return image;
    image.forgetOver();
    return image;
  }

  async #complete(image: AccountImage, request: CommitRequest<unknown>): Promise<void> {
    for (let refreshed = 0; ; refreshed += 1) {
      await image.complete(this.#firestore, request);
      if (request.related !== undefined)
        await image.complete(this.#firestore, request.related(image.account));
      if (!image.isTorn) return;
      if (refreshed === mostRefreshed)
        throw new Error(
          `documents of ${image.ref.accountId} are of later commits than the account: see \`bellwether rebuild\``,
        );
      await image.refresh(this.#firestore);
    }
  }

  /** Folds the entries that others committed into the image. False when there are none. */
  async #catchUp(image: AccountImage): Promise<boolean> {
    const before = image.version;
    for (;;) {
      const next = image.version + 1;
      const found = await readCommits(this.#firestore, image.ref, next, next + 99);
      for (const stored of found) image.advance(stored);
      if (found.length < 100) return image.version > before;
    }
  }

  /** A command that had nothing to change is kept, too: it must not change anything when it comes again. */
  async #unchanged(
    { ref, version }: AccountImage,
    request: CommitRequest<unknown>,
  ): Promise<CommitOutcome<never>> {
    const { cause, requestHash } = request;
    if (cause.kind === 'command' && requestHash !== undefined && request.isPart !== true) {
      const record = commandRecord({ requestHash, seq: version }, this.#clock.now());
      try {
        await this.#firestore.doc(paths.command(ref, cause.key)).create(record);
      } catch (error) {
        const repeat = isAlreadyExists(error) ? await this.#findRepeat(ref, request) : undefined;
        if (repeat === undefined) throw error;
        return repeat;
      }
    }
    return { status: 'unchanged', version };
  }

  /** A command that was committed by an earlier try answers what that try would have. */
  async #findRepeat(
    ref: AccountRef,
    { cause, requestHash }: CommitRequest<unknown>,
  ): Promise<{ status: 'repeated'; seq: number } | { status: 'keyReused' } | undefined> {
    if (cause.kind !== 'command' || requestHash === undefined) return undefined;
    const found = await readOne(this.#firestore, paths.command(ref, cause.key));
    const record = readDocument<CommandRecord>(found);
    if (record === undefined) return undefined;
    return record.requestHash === requestHash
      ? { status: 'repeated', seq: record.seq }
      : { status: 'keyReused' };
  }

  #compose(
    image: AccountImage,
    request: CommitRequest<unknown>,
    events: readonly AccountEvent[],
  ): SealedCommit {
    const { tenant, uid, accountId } = image.ref;
    return sealCommit({
      tenant,
      uid,
      accountId,
      seq: image.version + 1,
      commitId: this.#ids.next(),
      cause: request.cause,
      events: [...events],
      traceparent: request.traceparent,
      previousHash: image.headHash,
    });
  }

  async #pause(doublings: number): Promise<void> {
    const share = Number.parseInt(this.#ids.hex(4), 16) / 0xffff;
    await sleep((jitterMs.least + share * jitterMs.spread) * 2 ** Math.min(doublings, mostDoublings));
  }
}

function isWithoutEvents(decision: Decision<unknown>): boolean {
  return 'refusal' in decision || decision.events.length === 0;
}

function toStored({ commit, document }: SealedCommit, commitTime: Timestamp): StoredCommit {
  return { commit, eventsJson: document.events, commitTime, committedAt: epochMilliseconds(commitTime) };
}
