import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { Timestamp } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Firestore, type ReadDocument, StoreFirestore, readList, readRange } from '../src/index.ts';

let cloud: TestCloud;
let ours: StoreFirestore;
const count = 1_203;
const idOf = (index: number) => String(index).padStart(4, '0');

beforeAll(async () => {
  cloud = await startTestCloud();
  ours = new StoreFirestore(cloud.environment);
  for (let first = 0; first < count; first += 401) {
    const batch = cloud.firestore.batch();
    for (let index = first; index < first + 401; index += 1)
      batch.create(cloud.firestore.doc(`d/${idOf(index)}`), {
        index,
        at: Timestamp.fromMillis(index),
        list: [{ a: 'é' }],
      });
    await batch.commit();
  }
});
afterAll(async () => {
  await ours.terminate();
  await cloud.close();
});

describe('reading much', () => {
  it.each([
    ['all', {}, 0, count],
    ['from an id', { from: idOf(1_000) }, 1_000, count],
    ['between two', { from: idOf(499), before: idOf(1_000) }, 499, 1_000],
    ['exactly one page', { before: idOf(500) }, 0, 500],
    ['none', { from: 'x' }, 0, 0],
  ])('gives a range by id, %s, and the same whoever reads', async (_what, range, first, end) => {
    const ids = Array.from({ length: end - first }, (_, i) => idOf(first + i));
    const answers: object[][] = [];
    for (const client of clients()) {
      const found = await rangeOf(client, range);
      expect(found.map(({ id }) => id)).toEqual(ids);
      answers.push(found.map(contentOf));
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it('gives those of a list that are there, and the same whoever reads', async () => {
    const paths = ['d/0007', 'd/none', ...Array.from({ length: 700 }, (_, i) => `d/${idOf(i)}`)];
    const now = await time();
    const [byBytes, byClient] = await Promise.all(
      clients().map(async (client) => {
        const found = await readList(client, [...new Set(paths)], now);
        return new Map([...found].map(([path, document]) => [path, contentOf(document)]));
      }),
    );
    expect(byBytes?.size).toBe(700);
    expect(byBytes).toEqual(byClient);
    expect(await readList(ours, [], now)).toEqual(new Map());
  });

  it('reads as of a moment, whatever is written since', async () => {
    const before = await time();
    await cloud.firestore.doc('d/0003').update({ index: -3 });
    await cloud.firestore.doc('d/0003x').create({ index: -4 });
    for (const client of clients()) {
      const range = { from: '0003', before: '0004' };
      expect((await rangeOf(client, range, before)).map((each) => each.data()['index'])).toEqual([3]);
      expect((await rangeOf(client, range)).map((each) => each.data()['index'])).toEqual([-3, -4]);
      const listed = await readList(client, ['d/0003', 'd/0003x'], before);
      expect([...listed.values()].map((each) => each.data()['index'])).toEqual([3]);
    }
    await cloud.firestore.doc('d/0003').update({ index: 3 });
    await cloud.firestore.doc('d/0003x').delete();
  });

  it('asks again after what passes, and says what does not', async () => {
    await fault('UNAVAILABLE');
    expect(await rangeOf(ours, { before: idOf(2) })).toHaveLength(2);
    await fault('PERMISSION_DENIED');
    await expect(rangeOf(ours, { before: idOf(2) })).rejects.toMatchObject({ code: 7 });
    expect(await rangeOf(ours, { before: idOf(2) })).toHaveLength(2);
  });

  it('may be left before its end', async () => {
    for await (const { id } of readRange(ours, { within: 'd' })) if (id === idOf(600)) break;
    expect(await rangeOf(ours, { before: idOf(2) })).toHaveLength(2);
  });
});

/** Ours, which reads bytes, and Google's. */
function clients(): readonly Firestore[] {
  return [ours, cloud.firestore];
}

function contentOf(document: ReadDocument): object {
  const { path, id, createTime, updateTime } = document;
  return { path, id, createTime, updateTime, data: document.data() };
}

async function rangeOf(
  client: Firestore,
  range: object,
  readTime?: Timestamp,
): Promise<readonly ReadDocument[]> {
  const found: ReadDocument[] = [];
  for await (const document of readRange(client, { within: 'd', ...range }, readTime)) found.push(document);
  return found;
}

async function time(): Promise<Timestamp> {
  return (await cloud.firestore.doc('d/0000').get()).readTime;
}

async function fault(code: string): Promise<void> {
  const response = await fetch(`http://${cloud.hosts.ops}/faults`, {
    method: 'POST',
    headers: { authorization: `Bearer ${cloud.faultToken}` },
    body: JSON.stringify({
      at: { service: 'firestore', method: 'RunQuery', side: 'before', times: 1 },
      do: { kind: 'error', code },
    }),
  });
  expect(response.status).toBe(200);
}
