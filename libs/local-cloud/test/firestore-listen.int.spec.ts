import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentReference, Query, QuerySnapshot } from '@google-cloud/firestore';
import { connect, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

let bench: FirestoreBench;
const ends: (() => void)[] = [];
beforeEach(async () => {
  bench = await startFirestoreBench();
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await bench.close();
});

/** What a listener was told, snapshot by snapshot. */
class Told {
  readonly #snapshots: string[] = [];
  readonly #waiting: (() => void)[] = [];
  #next = 0;

  add(snapshot: string): void {
    this.#snapshots.push(snapshot);
    this.#waiting.shift()?.();
  }

  /** The next snapshot, as soon as it is there. */
  async next(): Promise<string | undefined> {
    if (this.#next === this.#snapshots.length) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#next += 1;
    return this.#snapshots[this.#next - 1];
  }
}

function listen(query: Query): Told {
  const told = new Told();
  ends.push(query.onSnapshot((snapshot) => told.add(describeChanges(snapshot))));
  return told;
}

function listenTo(ref: DocumentReference): Told {
  const told = new Told();
  ends.push(ref.onSnapshot((snapshot) => told.add(JSON.stringify(snapshot.data()) ?? 'missing')));
  return told;
}

/** `added a, removed b` and so on. */
function describeChanges(snapshot: QuerySnapshot): string {
  return snapshot
    .docChanges()
    .map(({ type, doc }) => `${type} ${doc.id}`)
    .join(', ');
}

describe('a listener on a document', () => {
  it('is told of its absence, creation, changes and removal', async () => {
    const ref = bench.db.doc('c/a');
    const told = listenTo(ref);
    expect(await told.next()).toBe('missing');
    await ref.set({ n: 1 });
    expect(await told.next()).toBe('{"n":1}');
    await ref.update({ m: 2 });
    expect(await told.next()).toBe('{"n":1,"m":2}');
    await ref.delete();
    expect(await told.next()).toBe('missing');
  });
});

describe('a listener on a query', () => {
  it('starts with all results and goes on with what a commit did to them', async () => {
    const { db } = bench;
    const collection = db.collection('c');
    await db.batch().set(collection.doc('a'), { n: 1 }).set(collection.doc('b'), { n: 2 }).commit();
    const told = listen(collection);
    expect(await told.next()).toBe('added a, added b');
    await db
      .batch()
      .delete(collection.doc('a'))
      .update(collection.doc('b'), { n: 3 })
      .set(collection.doc('c'), { n: 0 })
      .commit();
    expect(await told.next()).toBe('removed a, added c, modified b');
  });

  it('starts with nothing when nothing is there', async () => {
    expect(await listen(bench.db.collection('none')).next()).toBe('');
  });

  it('shows documents that come to match and hides those that cease to', async () => {
    const collection = bench.db.collection('c');
    const told = listen(collection.where('status', '==', 'active').where('n', '>', 1));
    expect(await told.next()).toBe('');
    await collection.doc('a').set({ status: 'active', n: 2 });
    expect(await told.next()).toBe('added a');
    await collection.doc('b').set({ status: 'closed', n: 2 });
    await collection.doc('a').update({ n: 3 });
    expect(await told.next()).toBe('modified a');
    await collection.doc('a').update({ status: 'closed' });
    expect(await told.next()).toBe('removed a');
    await collection.doc('b').update({ status: 'active' });
    expect(await told.next()).toBe('added b');
    await collection.doc('b').delete();
    expect(await told.next()).toBe('removed b');
  });

  it('over a group sees every collection of it and no other', async () => {
    const told = listen(bench.db.collectionGroup('triggers').where('shard', '==', 3));
    expect(await told.next()).toBe('');
    await bench.db.doc('triggers/root').set({ shard: 3 });
    expect(await told.next()).toBe('added root');
    await bench.db.doc('users/u/other/x').set({ shard: 3 });
    await bench.db.doc('users/u/triggers/deep').set({ shard: 3 });
    expect(await told.next()).toBe('added deep');
  });

  it('with a limit moves documents in and out', async () => {
    const collection = bench.db.collection('c');
    await Promise.all([1, 2, 3].map((n) => collection.doc(`d${n}`).set({ n })));
    const told = listen(collection.orderBy('n').limit(2));
    expect(await told.next()).toBe('added d1, added d2');
    await collection.doc('d0').set({ n: 0 });
    expect(await told.next()).toBe('removed d2, added d0');
    await collection.doc('d1').delete();
    expect(await told.next()).toBe('removed d1, added d2');
    await collection.doc('d3').update({ n: 9 });
    await collection.doc('d2').update({ m: 1 });
    expect(await told.next()).toBe('modified d2');
  });

  it('is told beside others, of the same and of other queries', async () => {
    const collection = bench.db.collection('c');
    const [all, same, ones] = [
      listen(collection),
      listen(collection),
      listen(collection.where('n', '==', 1)),
    ];
    expect(await Promise.all([all.next(), same.next(), ones.next()])).toEqual(['', '', '']);
    await collection.doc('a').set({ n: 2 });
    await collection.doc('b').set({ n: 1 });
    expect(await Promise.all([all.next(), same.next(), ones.next()])).toEqual([
      'added a',
      'added a',
      'added b',
    ]);
    expect(await Promise.all([all.next(), same.next()])).toEqual(['added b', 'added b']);
  });

  it('hears no more once it has ended; the next one starts anew', async () => {
    const collection = bench.db.collection('c');
    const first = listen(collection);
    expect(await first.next()).toBe('');
    ends.pop()?.();
    await collection.doc('a').set({ n: 1 });
    expect(await listen(collection).next()).toBe('added a');
  });

  it('is billed for each document that it is sent', async () => {
    const collection = bench.db.collection('c');
    await collection.doc('a').set({ n: 1 });
    const told = listen(collection);
    await told.next();
    await collection.doc('b').set({ n: 1 });
    await told.next();
    await collection.doc('b').delete();
    await told.next();
    expect(bench.meter.snapshot()['firestore.reads']).toBe(2);
  });

  it('is billed for a document that changes so that it leaves, but not for one that makes way', async () => {
    const collection = bench.db.collection('c');
    const reads = (): number => bench.meter.snapshot()['firestore.reads'] ?? 0;
    await collection.doc('a').set({ n: 2 });
    const above = listen(collection.where('n', '>', 1));
    const first = listen(collection.orderBy('n').limit(1));
    await Promise.all([above.next(), first.next()]);
    expect(reads()).toBe(2);
    await collection.doc('b').set({ n: 1 });
    expect(await first.next()).toBe('removed a, added b');
    expect(reads()).toBe(3);
    await collection.doc('a').set({ n: 0 });
    expect(await above.next()).toBe('removed a');
    expect(await first.next()).toBe('removed b, added a');
    expect(reads()).toBe(5);
  });
});

describe('a restart', () => {
  const dataDirs: string[] = [];
  afterEach(() => Promise.all(dataDirs.splice(0).map((dir) => rm(dir, { recursive: true }))));

  async function newDataDir(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'firestore-'));
    dataDirs.push(dir);
    return dir;
  }

  it('keeps every document with its times, and goes on later than the last commit', async () => {
    const dataDir = await newDataDir();
    const first = await startFirestoreBench({ dataDir });
    const [kept, gone] = [first.db.doc('c/kept'), first.db.doc('users/u/c/gone')];
    const created = await kept.set({ n: 1, at: new Date(0) });
    await first.db.batch().update(kept, { n: 2 }).set(gone, {}).commit();
    await gone.delete();
    const before = await kept.get();
    await first.close();

    const second = await startFirestoreBench({ dataDir });
    const after = await second.db.doc(kept.path).get();
    const all = await second.db.collectionGroup('c').get();
    const { writeTime } = await second.db
      .doc(kept.path)
      .update({ n: 3 }, { lastUpdateTime: after.updateTime ?? created.writeTime });
    await second.close();
    expect(after.data()).toEqual(before.data());
    expect([after.createTime, after.updateTime]).toEqual([created.writeTime, before.updateTime]);
    expect(all.docs.map(({ ref }) => ref.path)).toEqual(['c/kept']);
    expect(writeTime.valueOf() > (before.updateTime?.valueOf() ?? '')).toBe(true);
  });

  it('finds what a log of more than 64 MiB was compacted to', async () => {
    const dataDir = await newDataDir();
    const first = await startFirestoreBench({ dataDir });
    const ref = first.db.doc('c/large');
    await first.db.doc('c/small').set({ n: 1 });
    const size = 1_000_000;
    for (let n = 0; n < 70; n += 1) await ref.set({ text: `${n}`.padEnd(size, 'x') });
    await first.close();
    expect((await stat(join(dataDir, 'firestore.log'))).size).toBeLessThan(10 * size);

    const second = await startFirestoreBench({ dataDir });
    const { docs } = await second.db.collection('c').get();
    await second.close();
    expect(docs.map((doc) => [doc.id, String(doc.get('text')).slice(0, 3)])).toEqual([
      ['large', '69x'],
      ['small', 'und'],
    ]);
  });

  it('lets listeners resume where they were', async () => {
    const dataDir = await newDataDir();
    const first = await startFirestoreBench({ dataDir });
    await first.db.doc('c/a').set({ n: 1 });
    const told = listen(first.db.collection('c'));
    expect(await told.next()).toBe('added a');
    const { port } = first;
    await first.server.close();

    const second = await startFirestoreBench({ dataDir, port });
    await second.db.doc('c/b').set({ n: 2 });
    expect(await told.next()).toBe('added b');
    ends.pop()?.();
    expect(second.meter.snapshot()['firestore.reads']).toBe(1);
    await Promise.all([first.db.terminate(), first.raw.close()]);
    await second.close();
  });

  it('without a data directory resets listeners to what is there', async () => {
    await bench.db.doc('c/a').set({ n: 1 });
    const told = listen(bench.db.collection('c'));
    expect(await told.next()).toBe('added a');
    await bench.server.close();

    const second = await startFirestoreBench({ port: bench.port });
    const other = connect(bench.port);
    await other.doc('c/b').set({ n: 2 });
    expect(await told.next()).toMatch(/^removed a(, added b)?$/);
    ends.pop()?.();
    await other.terminate();
    await second.close();
  });
});
