import { paths } from '@bellwether/contracts';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FirestoreStreamRegistry } from '../src/ticks/stream-registry.ts';

process.env['METADATA_SERVER_DETECTION'] = 'none'; // Google's clients would look for credentials on the network

const place = { shard: 1, epoch: 'tape-0000000001' };

describe('FirestoreStreamRegistry', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(async () => {
    await cloud.close();
  });

  it('gives processes that start together the same stream, new to one of them', async () => {
    const loaded = await Promise.all([registryOf('a').load(place), registryOf('b').load(place)]);
    expect(loaded[0].streams).toEqual(loaded[1].streams);
    expect(loaded.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await registryOf('c').load(place)).toEqual({ streams: loaded[0].streams, isNew: false });
  });

  it('records a gap and its stream once', async () => {
    const gap = { fromOrdinal: 40, toOrdinal: 60 };
    const added = await registryOf('d').addAfter(place, gap);
    expect(added).toEqual({ writeStream: 'stream of d', firstOrdinal: 60 });
    expect(await registryOf('e').addAfter(place, gap)).toEqual(added);
    expect(await registryOf('f').load(place)).toMatchObject({ streams: [{ firstOrdinal: 0 }, added] });
    const recorded = await cloud.firestore.doc(paths.gap(`history-01-${place.epoch}-60`)).get();
    expect(recorded.data()).toEqual({
      consumer: 'history',
      shard: '01',
      epoch: place.epoch,
      ...gap,
      recordedAt: 5,
    });
  });

  function registryOf(name: string): FirestoreStreamRegistry {
    return new FirestoreStreamRegistry({
      firestore: cloud.firestore,
      writeStreams: { create: async () => Promise.resolve(`stream of ${name}`) },
      clock: { now: () => 5 },
    });
  }
});
