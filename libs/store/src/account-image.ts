import {
  type AccountDocument,
  type AccountRef,
  type PositionDocument,
  type TriggerDocument,
  paths,
} from '@bellwether/contracts';
import { type Account, type AccountEvent, evolve, unopenedAccount } from '@bellwether/domain';
import type { DocumentSnapshot, Firestore, Timestamp } from '@google-cloud/firestore';
import { WrongTenantError } from './errors.ts';
import type { StoredCommit } from './journal.ts';
import { readDocument } from './read-document.ts';

/** Which positions and triggers a decision looks at. */
export interface Needs {
  readonly positionIds?: readonly string[];
  readonly triggerIds?: readonly string[];
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
    const [head, ...rest] = await firestore.getAll(
      firestore.doc(paths.account(ref)),
      ...image.#missing(needs).map((path) => firestore.doc(path)),
    );
    if (head !== undefined) image.#takeAccount(head);
    for (const document of rest) image.#takeArmed(document);
    return image;
  }

  get isOpen(): boolean {
    return this.version > 0;
  }

  /** Loads what the decision needs and the image does not hold. A warm account reads nothing. */
  async complete(firestore: Firestore, needs: Needs): Promise<void> {
    const missing = this.#missing(needs);
    if (missing.length === 0) return;
    for (const document of await firestore.getAll(...missing.map((path) => firestore.doc(path))))
      this.#takeArmed(document);
  }

  /** Moves on by one commit, ours or another's. */
  advance({ commit, commitTime }: StoredCommit): void {
    for (const event of commit.events) this.account = evolve(this.account, event);
    for (const path of [paths.account(this.ref), ...touchedPaths(this.ref, commit.events)]) {
      if (path !== paths.account(this.ref) && !this.#seen.has(path) && !this.#holds(path)) continue;
      this.times.set(path, commitTime);
      this.#seen.add(path);
      this.#noteIfOver(path);
    }
    this.version = commit.seq;
    this.headHash = commit.hash;
  }

  /** Lets go of what is over, where that is much: the image must not grow for ever. It can be read again. */
  forgetOver(): void {
    if (this.#over.size < maxOver) return;
    const positions = new Map(this.account.positions);
    const triggers = new Map(this.account.triggers);
    for (const path of this.#over) {
      const { isPosition, id } = armedAt(path);
      (isPosition ? positions : triggers).delete(id);
      this.times.delete(path);
      this.#seen.delete(path);
    }
    this.#over.clear();
    this.account = { ...this.account, positions, triggers };
  }

  #noteIfOver(path: string): void {
    const { isPosition, id } = armedAt(path);
    const { positions, triggers } = this.account;
    const status = isPosition ? positions.get(id)?.status : triggers.get(id)?.status;
    const isAlive = isPosition ? status === 'open' || status === 'closing' : status === 'active';
    if (status !== undefined && !isAlive) this.#over.add(path);
  }

  #missing({ positionIds = [], triggerIds = [] }: Needs): string[] {
    const { uid } = this.ref;
    return [
      ...positionIds.map((id) => paths.openPosition(uid, id)),
      ...triggerIds.map((id) => paths.tradeTrigger(uid, id)),
    ].filter((path) => !this.#seen.has(path));
  }

  #holds(path: string): boolean {
    const { isPosition, id } = armedAt(path);
    return isPosition ? this.account.positions.has(id) : this.account.triggers.has(id);
  }

  #takeAccount(document: DocumentSnapshot): void {
    const data = readDocument<AccountDocument>(document);
    if (data === undefined || document.updateTime === undefined) return;
    if (data.tenantId !== this.ref.tenant)
      throw new WrongTenantError(`${document.ref.path} is not of tenant ${this.ref.tenant}`);
    this.version = data.version;
    this.headHash = data.headHash;
    this.times.set(document.ref.path, document.updateTime);
    this.account = {
      ...this.account,
      trading: data.trading,
      cash: data.cash,
      openPositionIds: new Set(data.openPositionIds),
      activeTriggerIds: new Set(data.activeTriggerIds),
    };
  }

  #takeArmed(document: DocumentSnapshot): void {
    this.#seen.add(document.ref.path);
    if (document.updateTime === undefined) return;
    this.times.set(document.ref.path, document.updateTime);
    const { positions, triggers } = this.account;
    const isPosition = document.ref.parent.id === 'openPositions';
    const position = isPosition ? readDocument<PositionDocument>(document)?.details : undefined;
    const trigger = isPosition ? undefined : readDocument<TriggerDocument>(document)?.details;
    if (position !== undefined)
      this.account = { ...this.account, positions: new Map(positions).set(position.id, position) };
    if (trigger !== undefined)
      this.account = { ...this.account, triggers: new Map(triggers).set(trigger.id, trigger) };
    this.#noteIfOver(document.ref.path);
  }
}

/** Which position or trigger a path of `openPositions` or `tradeTriggers` names; any other names none. */
export function armedAt(path: string): { readonly isPosition: boolean; readonly id: string } {
  const [, , collection, id = ''] = path.split('/');
  return { isPosition: collection === 'openPositions', id };
}

/** The position and trigger documents that these events change, once each. */
export function touchedPaths({ uid }: AccountRef, events: readonly AccountEvent[]): string[] {
  const touched = new Set<string>();
  for (const event of events) {
    switch (event.type) {
      case 'PositionAdopted':
        touched.add(paths.openPosition(uid, event.position.id));
        break;
      case 'StopTriggered':
      case 'TargetTriggered':
      case 'TrailingStopTriggered':
      case 'OrderFilled':
      case 'PositionClosed':
        touched.add(paths.openPosition(uid, event.positionId));
        break;
      case 'TriggerArmed':
        touched.add(paths.tradeTrigger(uid, event.trigger.id));
        break;
      case 'TriggerFired':
        touched.add(paths.tradeTrigger(uid, event.triggerId));
        break;
      case 'AccountOpened':
      case 'TradingHalted':
      case 'TradingResumed':
        break;
    }
  }
  return [...touched];
}
