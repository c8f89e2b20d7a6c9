import type { PositionDocument } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { type DocumentChange, type Firestore, type QuerySnapshot, Timestamp } from '@google-cloud/firestore';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ann, positionOf } from '../ticks/armed.builder.ts';
import { ChangeListener } from './change-listener.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

interface Listening {
  readonly collection: string;
  /** From which `changedAt` on. */
  readonly from: number;
  readonly snapshot: (snapshot: QuerySnapshot) => void;
  readonly fail: (error: Error) => void;
  isStopped: boolean;
}

/** Hands out the listeners that are opened, in order. */
class FakeFirestore {
  readonly opened: Listening[] = [];

  collectionGroup(collection: string) {
    let from = -Infinity;
    const query = {
      where: (_field: string, operator: string, value: number) => {
        if (operator === '>=') from = value;
        return query;
      },
      orderBy: () => query,
      onSnapshot: (snapshot: Listening['snapshot'], fail: Listening['fail']) => {
        const listening = { collection, from, snapshot, fail, isStopped: false };
        this.opened.push(listening);
        return () => {
          listening.isStopped = true;
        };
      },
    };
    return query;
  }
}

/** What is new at a moment of Firestore's clock. */
function adding(readAt: number, ...ids: readonly string[]): QuerySnapshot {
  const { tenant: tenantId, uid, accountId } = ann;
  const changes = ids.map((id) => {
    const details = positionOf({ id });
    const data: PositionDocument = {
      schema: 2,
      tenantId,
      uid,
      accountId,
      symbol: 'BTC-USDT',
      shard: 0,
      version: 1,
      changedAt: 0,
      details,
    };
    return { type: 'added', doc: { data: () => data } };
  });
  const readTime = Timestamp.fromMillis(readAt);
  // Of a snapshot only its changes and its time are read, of a document only its data.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { readTime, docChanges: () => changes as unknown as DocumentChange[] } as unknown as QuerySnapshot;
}

const minute = 60_000;
const noon = 12 * 60 * minute;

describe('the listener to what changes', () => {
  let firestore: FakeFirestore;
  let noted: string[];
  let listener: ChangeListener;

  beforeEach(() => {
    jest.useFakeTimers();
    firestore = new FakeFirestore();
    noted = [];
    listener = new ChangeListener({
      // One method of it is all that is called here.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      firestore: firestore as unknown as Firestore,
      shard: 0,
      from: noon,
      note: ({ id }) => noted.push(id),
      logger,
    });
  });
  afterEach(() => {
    listener.close();
    jest.useRealTimers();
  });

  const latest = (collection = 'openPositions'): Listening =>
    firestore.opened.findLast((opened) => opened.collection === collection)!;

  async function afterOpening(readAt = noon): Promise<void> {
    const open = listener.open();
    for (const { snapshot } of firestore.opened) snapshot(adding(readAt));
    await open;
  }

  it('is open when all queries have told everything', async () => {
    const open = listener.open();
    for (const { snapshot, collection } of firestore.opened)
      snapshot(collection === 'openPositions' ? adding(noon, 'p1') : adding(noon));
    await open;
    expect(noted).toEqual(['p1']);
  });

  it('asks for what slow clocks have written before, too', async () => {
    await afterOpening();
    expect(firestore.opened.map(({ from }) => from)).toEqual(Array(4).fill(noon - 5 * minute));
  });

  it('covers what all of its queries cover', async () => {
    await afterOpening(noon + 1);
    latest().snapshot(adding(noon + 9, 'p1'));
    latest('orders').snapshot(adding(noon + 8));
    expect(listener.coveredUntil).toBe(noon + 1);
    latest('tradeTriggers').snapshot(adding(noon + 7));
    latest('signals').snapshot(adding(noon + 9));
    expect(listener.coveredUntil).toBe(noon + 7);
  });

  it('starts later every few minutes, so that its results do not grow', async () => {
    await afterOpening(noon + 1_000);
    const before = latest();
    before.snapshot(adding(noon + 9 * minute));
    jest.advanceTimersByTime(10 * minute);
    expect(before.isStopped).toBe(true);
    expect(latest().from).toBe(noon + 4 * minute);
    expect(latest('orders').from).toBe(noon + 1_000 - 5 * minute);
    latest().snapshot(adding(noon + 10 * minute, 'p2'));
    expect(noted).toEqual(['p2']);
  });

  it('does not open when a query fails', async () => {
    const open = listener.open();
    latest().fail(new Error('no index'));
    await expect(open).rejects.toThrow('no index');
  });

  it('opens again from where it was, however often it fails', async () => {
    await afterOpening();
    latest().snapshot(adding(noon + minute));
    for (let failures = 1; failures <= 3; failures += 1) {
      latest().fail(new Error('permission denied'));
      jest.advanceTimersByTime(2_000);
      expect(firestore.opened).toHaveLength(4 + failures);
      expect(latest().from).toBe(noon - 4 * minute);
    }
    latest().snapshot(adding(noon, 'p2'));
    expect(noted).toEqual(['p2']);
  });

  it('does not open again once it is closed', async () => {
    await afterOpening();
    latest().fail(new Error('permission denied'));
    listener.close();
    jest.advanceTimersByTime(60 * minute);
    expect(firestore.opened).toHaveLength(4);
  });
});
