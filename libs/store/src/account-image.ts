import { type AccountRef, paths } from '@bellwether/contracts';
import { type Account, evolveAll, isWorking, noCredits, noRisk, unopenedAccount } from '@bellwether/domain';
import type { Firestore, Timestamp } from '@google-cloud/firestore';
import { WrongTenantError } from './errors.ts';
import type { StoredCommit } from './journal.ts';
import { positionOfAnother, signalOfAnother, triggerOfAnother } from './of-another-account.ts';
import { readAccount, readOrder, readPosition, readSignal, readTrigger } from './read-document.ts';
import type { ReadDocument } from './reads/read-document.ts';
import { readList } from './reads/read-list.ts';
import {
  type StateDocument,
  type TouchedDocument,
  documentAt,
  pathOf,
  touchedDocuments,
} from './state-documents.ts';

/** Which documents besides the account's a decision looks at. */
export interface Needs {
  readonly positionIds?: readonly string[];
  readonly triggerIds?: readonly string[];
  readonly orderIds?: readonly string[];
  readonly signalIds?: readonly string[];
  /** Every position that is open and every order that works, too: what limits and equity are counted over. */
  readonly allOpen?: boolean;
}

/** What looks at these documents needs. */
export function needsOf(documents: readonly StateDocument[]): Needs {
  const ids: Record<StateDocument['kind'], string[]> = { position: [], trigger: [], order: [], signal: [] };
  for (const { kind, id } of documents) ids[kind].push(id);
  return {
    positionIds: ids.position,
    triggerIds: ids.trigger,
    orderIds: ids.order,
    signalIds: ids.signal,
  };
}

/** How much of what is over an image holds: enough to answer at once what fires or is sent twice. */
const maxOver = 100;

/**
 * An account as it stands at its journal's head, with the update times that a commit on top of it must
 * find. It is loaded once and then advanced by commits; what listeners deliver never reaches it.
 */
export class AccountImage {
  readonly ref: AccountRef;
  account: Account;
  version = 0;
  headHash = '';
  /** Update time of each document that the image holds, by path. */
  readonly times = new Map<string, Timestamp>();
  /** Paths that were looked at, whether a document was there or not. */
  readonly #seen = new Set<string>();
  /** Paths of what is closed, fired or the like. */
  readonly #over = new Set<string>();
  #isTorn = false;

  private constructor(ref: AccountRef) {
    this.ref = ref;
    this.account = unopenedAccount(ref.tenant, ref.uid, ref.accountId);
  }

  /**
   * One read for the account and one for each document that is needed, in one round trip.
   *
   * @throws WrongTenantError
   */
  static async load(firestore: Firestore, ref: AccountRef, needs: Needs): Promise<AccountImage> {
    const image = new AccountImage(ref);
    await image.#readAnew(firestore, image.#missing(needs));
    if (needs.allOpen === true) await image.complete(firestore, needs);
    return image;
  }

  get isOpen(): boolean {
    return this.version > 0;
  }

  /**
   * Whether it holds a document of a later commit than the account: another writer was between the two reads. Nothing may be
   * decided on it, nor folded into it: the document has had what the account lacks.
   */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /** Reads all that it holds once more, as of one moment. */
  async refresh(firestore: Firestore): Promise<void> {
    await this.#readAnew(firestore, [...this.#seen]);
  }

  /** Loads what the decision needs and the image does not hold. A warm account reads nothing. */
  async complete(firestore: Firestore, needs: Needs): Promise<void> {
    const missing = this.#missing(needs);
    if (missing.length === 0) return;
    const found = await readList(firestore, missing);
    for (const path of missing) this.#takeState(path, found.get(path));
  }

  /**
   * Moves on by one commit, ours or another's.
   *
   * @param known the account after it and what it touches, where that is known already.
   */
  advance(
    { commit, commitTime }: StoredCommit,
    known: { readonly after?: Account; readonly touched?: readonly TouchedDocument[] } = {},
  ): void {
    const {
      after = evolveAll(this.account, commit.events),
      touched = touchedDocuments(this.ref, commit.events, this.account),
    } = known;
    this.account = after;
    this.times.set(paths.account(this.ref), commitTime);
    for (const document of touched) {
      const { path } = document;
      if (!this.#seen.has(path) && !this.#holds(document)) continue;
      this.times.set(path, commitTime);
      this.#seen.add(path);
      if (isOver(after, document)) this.#over.add(path);
    }
    this.version = commit.seq;
    this.headHash = commit.hash;
  }

  /** Lets go of what is over, where that is much: the image must not grow for ever. It can be read again. */
  forgetOver(): void {
    if (this.#over.size < maxOver) return;
    const maps = {
      position: new Map(this.account.positions),
      trigger: new Map(this.account.triggers),
      order: new Map(this.account.orders),
      signal: new Map(this.account.signals),
    };
    for (const path of this.#over) {
      const document = documentAt(path);
      if (document !== undefined) maps[document.kind].delete(document.id);
      this.times.delete(path);
      this.#seen.delete(path);
    }
    this.#over.clear();
    const { position: positions, trigger: triggers, order: orders, signal: signals } = maps;
    this.account = { ...this.account, positions, triggers, orders, signals };
  }

  #missing({
    positionIds = [],
    triggerIds = [],
    orderIds = [],
    signalIds = [],
    allOpen = false,
  }: Needs): string[] {
    const { openPositionIds, workingOrderIds } = this.account;
    const wanted = new Set<string>();
    const want = (kind: StateDocument['kind'], ids: Iterable<string>): void => {
      for (const id of ids) {
        if (this.#holds({ kind, id })) continue;
        const path = pathOf(this.ref, { kind, id });
        if (!this.#seen.has(path)) wanted.add(path);
      }
    };
    want('position', positionIds);
    want('trigger', triggerIds);
    want('signal', signalIds);
    want('order', orderIds);
    if (allOpen) {
      want('position', openPositionIds);
      want('order', workingOrderIds);
    }
    return [...wanted];
  }

  #holds({ kind, id }: StateDocument): boolean {
    const { positions, triggers, orders, signals } = this.account;
    switch (kind) {
      case 'position':
        return positions.has(id);
      case 'trigger':
        return triggers.has(id);
      case 'order':
        return orders.has(id);
      case 'signal':
        return signals.has(id);
    }
  }

  async #readAnew(firestore: Firestore, states: readonly string[]): Promise<void> {
    const head = paths.account(this.ref);
    const found = await readList(firestore, [head, ...states]);
    this.account = unopenedAccount(this.ref.tenant, this.ref.uid, this.ref.accountId);
    this.version = 0;
    this.headHash = '';
    this.times.clear();
    this.#seen.clear();
    this.#over.clear();
    this.#isTorn = false;
    this.#takeAccount(found.get(head));
    for (const path of states) this.#takeState(path, found.get(path));
  }

  #takeAccount(document: ReadDocument | undefined): void {
    const data = readAccount(document);
    if (data === undefined || document === undefined) return;
    if (data.tenantId !== this.ref.tenant)
      throw new WrongTenantError(`${document.path} is not of tenant ${this.ref.tenant}`);
    this.version = data.version;
    this.headHash = data.headHash;
    this.times.set(document.path, document.updateTime);
    const {
      trading,
      holds,
      scopeSeqs = {},
      settings,
      cash,
      risk = noRisk,
      brokerDifferences = [],
      credits = noCredits,
    } = data;
    this.account = {
      ...this.account,
      trading,
      holds,
      scopeSeqs,
      settings,
      cash,
      risk,
      brokerDifferences,
      credits,
      openPositionIds: new Set(data.openPositionIds),
      activeTriggerIds: new Set(data.activeTriggerIds),
      workingOrderIds: new Set(data.workingOrderIds),
      activeSignalIds: new Set(data.activeSignalIds),
    };
  }

  #takeState(path: string, document: ReadDocument | undefined): void {
    this.#seen.add(path);
    if (document === undefined) return;
    this.times.set(path, document.updateTime);
    const { positions, triggers, orders, signals } = this.account;
    const of = documentAt(path);
    switch (of?.kind) {
      case 'position': {
        const position = this.#detailsOf(path, readPosition(document), positionOfAnother);
        if (position !== undefined)
          this.account = { ...this.account, positions: new Map(positions).set(position.id, position) };
        break;
      }
      case 'trigger': {
        const trigger = this.#detailsOf(path, readTrigger(document), triggerOfAnother);
        if (trigger !== undefined)
          this.account = { ...this.account, triggers: new Map(triggers).set(trigger.id, trigger) };
        break;
      }
      case 'order': {
        // Its id names its account.
        const order = this.#detailsOf(path, readOrder(document));
        if (order !== undefined)
          this.account = { ...this.account, orders: new Map(orders).set(order.id, order) };
        break;
      }
      case 'signal': {
        const signal = this.#detailsOf(path, readSignal(document), signalOfAnother);
        if (signal !== undefined)
          this.account = { ...this.account, signals: new Map(signals).set(signal.id, signal) };
        break;
      }
      case undefined:
        break;
    }
    if (of !== undefined && isOver(this.account, of)) this.#over.add(path);
  }

  /** What a document holds; where it is another account's, what stands for it here, and is never written. */
  #detailsOf<Details>(
    path: string,
    document: { readonly accountId: string; readonly version: number; readonly details: Details } | undefined,
    ofAnother: (details: Details) => Details = (details) => details,
  ): Details | undefined {
    if (document === undefined) return undefined;
    if (document.accountId === this.ref.accountId) {
      this.#isTorn ||= document.version > this.version;
      return document.details;
    }
    this.times.delete(path);
    return ofAnother(document.details);
  }
}

/** Whether nothing more can come of what the image holds; false for what it does not hold. */
export function isOver(account: Account, { kind, id }: StateDocument): boolean {
  switch (kind) {
    case 'position':
      return account.positions.get(id)?.status === 'closed';
    case 'trigger': {
      const status = account.triggers.get(id)?.status;
      return status !== undefined && status !== 'active';
    }
    case 'order': {
      const order = account.orders.get(id);
      return order !== undefined && !isWorking(order);
    }
    case 'signal': {
      const status = account.signals.get(id)?.status;
      return status === 'closed' || status === 'expired';
    }
  }
}
