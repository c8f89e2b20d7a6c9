import type { PositionDocument } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import type { DocumentChange, Firestore, QuerySnapshot } from '@google-cloud/firestore';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ann, positionOf } from '../ticks/armed.builder.ts';
import { ArmedListener } from './armed-listener.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

interface Listening {
  readonly collection: string;
  readonly snapshot: (snapshot: QuerySnapshot) => void;
  readonly fail: (error: Error) => void;
}

/** Hands out the listeners that are opened, in order. */
class FakeFirestore {
  readonly opened: Listening[] = [];

  collectionGroup(collection: string) {
    const query = {
      where: () => query,
      onSnapshot: (snapshot: Listening['snapshot'], fail: Listening['fail']) => {
        this.opened.push({ collection, snapshot, fail });
        return () => undefined;
      },
    };
    return query;
  }
}

function adding(...ids: readonly string[]): QuerySnapshot {
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
  // Of a snapshot only its changes are read, of a document only its data.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { docChanges: () => changes as unknown as DocumentChange[] } as unknown as QuerySnapshot;
}

describe('the listener to what is armed', () => {
  let firestore: FakeFirestore;
  let noted: string[];
  let listener: ArmedListener;

  beforeEach(() => {
    jest.useFakeTimers();
    firestore = new FakeFirestore();
    noted = [];
    listener = new ArmedListener({
      // Two methods of it are all that is called here.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      firestore: firestore as unknown as Firestore,
      shard: 0,
      note: ({ id }) => noted.push(id),
      isOutdated: () => true,
      logger,
    });
  });
  afterEach(() => {
    listener.close();
    jest.useRealTimers();
  });

  const latest = (): Listening =>
    firestore.opened.findLast(({ collection }) => collection === 'openPositions')!;

  it('is open when every query has told everything', async () => {
    const open = listener.open();
    for (const { snapshot, collection } of firestore.opened)
      snapshot(collection === 'openPositions' ? adding('p1') : adding());
    await open;
    expect(new Set(noted)).toEqual(new Set(['p1']));
  });

  it('does not open when a query fails', async () => {
    const open = listener.open();
    latest().fail(new Error('no index'));
    await expect(open).rejects.toThrow('no index');
  });

  it('opens again, however often it fails', async () => {
    const open = listener.open();
    for (const { snapshot } of firestore.opened) snapshot(adding());
    await open;
    for (let failures = 1; failures <= 3; failures += 1) {
      latest().fail(new Error('permission denied'));
      jest.advanceTimersByTime(2_000);
      expect(firestore.opened).toHaveLength(5 + failures);
    }
    latest().snapshot(adding('p2'));
    expect(noted).toEqual(['p2']);
  });

  it('does not open again once it is closed', async () => {
    const open = listener.open();
    for (const { snapshot } of firestore.opened) snapshot(adding());
    await open;
    latest().fail(new Error('permission denied'));
    listener.close();
    jest.advanceTimersByTime(10_000);
    expect(firestore.opened).toHaveLength(5);
  });
});
