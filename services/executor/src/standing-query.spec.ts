import { createLogger } from '@bellwether/observability';
import { type QueryDocumentSnapshot, type QuerySnapshot, Timestamp } from '@google-cloud/firestore';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StandingQuery } from './standing-query.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

interface Listening {
  readonly tell: (snapshot: QuerySnapshot) => void;
  readonly fail: (error: Error) => void;
  isStopped: boolean;
}

/** Documents by name, each with the time of its last change. */
function answered(documents: Readonly<Record<string, number>>): QuerySnapshot {
  const docs = Object.entries(documents).map(([id, changedAt]) => ({
    id,
    ref: { path: `instruments/${id}` },
    updateTime: Timestamp.fromMillis(changedAt),
  }));
  // Of a snapshot only its documents are read, of a document only its name and time.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { docs: docs as unknown as QueryDocumentSnapshot[] } as unknown as QuerySnapshot;
}

describe('a standing query', () => {
  let opened: Listening[];
  let told: string[];
  let query: StandingQuery;

  beforeEach(() => {
    jest.useFakeTimers();
    opened = [];
    told = [];
    const onSnapshot = (tell: Listening['tell'], fail: Listening['fail']) => {
      const listening = { tell, fail, isStopped: false };
      opened.push(listening);
      return () => {
        listening.isStopped = true;
      };
    };
    query = new StandingQuery({
      query: { onSnapshot },
      take: ({ id }) => told.push(`take ${id}`),
      drop: ({ id }) => told.push(`drop ${id}`),
      logger,
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells what answers it, what changes and what leaves', async () => {
    const opening = query.open();
    opened[0]?.tell(answered({ a: 1, b: 1 }));
    await opening;
    opened[0]?.tell(answered({ a: 2, b: 1, c: 1 }));
    opened[0]?.tell(answered({ b: 1 }));
    expect(told).toEqual(['take a', 'take b', 'take a', 'take c', 'drop a', 'drop c']);
  });

  it('cannot be opened where it is not answered', async () => {
    const opening = query.open();
    opened[0]?.fail(new Error('the query requires an index'));
    await expect(opening).rejects.toThrow('the query requires an index');
    jest.advanceTimersByTime(60_000);
    expect(opened).toHaveLength(1);
  });

  it('is opened again when it ends, and then tells what left meanwhile', async () => {
    const opening = query.open();
    opened[0]?.tell(answered({ a: 1, b: 1 }));
    await opening;
    opened[0]?.fail(new Error('ended'));
    jest.advanceTimersByTime(2_000);
    opened[1]?.fail(new Error('ended again'));
    jest.advanceTimersByTime(2_000);
    opened[2]?.tell(answered({ b: 1, c: 1 }));
    expect(told.slice(2)).toEqual(['drop a', 'take c']);
  });

  it('is not opened again once it is closed', async () => {
    const opening = query.open();
    opened[0]?.tell(answered({}));
    await opening;
    opened[0]?.fail(new Error('ended'));
    query.close();
    jest.advanceTimersByTime(60_000);
    expect([opened.length, opened[0]?.isStopped]).toEqual([1, true]);
  });
});
