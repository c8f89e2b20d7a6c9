import {
  type AccountDocument,
  type AccountRef,
  type OrderDocument,
  type PositionDocument,
  type SignalDocument,
  type TriggerDocument,
  paths,
} from '@bellwether/contracts';
import { readAccount, readOrder, readPosition, readSignal, readTrigger } from '@bellwether/store';
import type { DocumentSnapshot, Firestore } from '@google-cloud/firestore';

/** An account with everything that is open, works or is armed there. */
export interface Standing {
  readonly account: AccountDocument;
  readonly positions: readonly PositionDocument['details'][];
  readonly orders: readonly OrderDocument['details'][];
  readonly triggers: readonly TriggerDocument['details'][];
  readonly signals: readonly SignalDocument['details'][];
}

/** As it is stored now; `undefined` where there is no such account. */
export async function readStanding(firestore: Firestore, ref: AccountRef): Promise<Standing | undefined> {
  const account = readAccount(await firestore.doc(paths.account(ref)).get());
  if (account === undefined) return undefined;
  const { uid } = ref;
  const all = async <Document extends { readonly details: object }>(
    ids: readonly string[],
    path: (uid: string, id: string) => string,
    read: (snapshot: DocumentSnapshot) => Document | undefined,
  ): Promise<readonly Document['details'][]> => {
    if (ids.length === 0) return [];
    const found = await firestore.getAll(...ids.map((id) => firestore.doc(path(uid, id))));
    return found.flatMap((snapshot) => read(snapshot)?.details ?? []);
  };
  const [positions, orders, triggers, signals] = await Promise.all([
    all(account.openPositionIds, paths.openPosition, readPosition),
    all(account.workingOrderIds ?? [], paths.order, readOrder),
    all(account.activeTriggerIds, paths.tradeTrigger, readTrigger),
    all(account.activeSignalIds ?? [], paths.signal, readSignal),
  ]);
  return { account, positions, orders, triggers, signals };
}
