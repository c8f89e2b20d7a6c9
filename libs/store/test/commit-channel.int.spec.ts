import { systemClock } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { Timestamp } from '@google-cloud/firestore';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CommitChannel, type CommitWatch } from '../src/commits/commit-channel.ts';
import { CommitWrites } from '../src/commits/commit-writes.ts';
import { Connections, openGenerated } from '../src/connections.ts';
import type { WriteAnswer } from '../src/write-limits/circuit-breaker.ts';

describe('the channel of commits', () => {
  let cloud: TestCloud;
  const channels: CommitChannel[] = [];
  let documents = 0;

  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterEach(async () => {
    await Promise.all(channels.splice(0).map(async (each) => each.close()));
  });
  afterAll(async () => cloud.close());

  const target = () => ({ host: cloud.hosts.firestore, projectId: cloud.project, databaseId: '(default)' });
  function open(watch?: CommitWatch, opening = openGenerated) {
    const channel = new CommitChannel(new Connections(target(), opening), watch);
    channels.push(channel);
    return channel;
  }
  const newPath = (): string => `d/${(documents += 1)}`;
  it('applies all writes at one time, which is the update time of each document', async () => {
    const channel = open();
    const [first, second] = [newPath(), newPath()];
    const writes = creating(first);
    writes.merge(second, { a: { 'b.c': 1 } });
    const time = await channel.send(writes);
    const [created, merged] = await cloud.firestore.getAll(
      cloud.firestore.doc(first),
      cloud.firestore.doc(second),
    );
    expect(created?.data()).toEqual({ at: Timestamp.fromMillis(5), list: [1, null, 'é', { a: -1.5 }] });
    expect(merged?.data()).toEqual({ a: { 'b.c': 1 } });
    expect([created?.updateTime, merged?.updateTime]).toEqual([time, time]);

    const replaced = new CommitWrites();
    replaced.replace(first, { b: 2 }, time);
    replaced.merge(second, { a: { d: 2 } });
    await channel.send(replaced);
    expect((await cloud.firestore.doc(first).get()).data()).toEqual({ b: 2 });
    expect((await cloud.firestore.doc(second).get()).data()).toEqual({ a: { 'b.c': 1, d: 2 } });
  });

  it('applies nothing when one write cannot, and says why by its status', async () => {
    const channel = open();
    const [there, other] = [newPath(), newPath()];
    await channel.send(creating(there));
    const writes = creating(other);
    writes.create(there, {});
    await expect(channel.send(writes)).rejects.toMatchObject({ code: 6 });
    expect((await cloud.firestore.doc(other).get()).exists).toBe(false);
    const stale = new CommitWrites();
    stale.replace(there, {}, Timestamp.fromMillis(1));
    await expect(channel.send(stale)).rejects.toMatchObject({ code: 9 });
  });

  it('sends a commit once, whatever the answer, and tells what it was', async () => {
    const answers: WriteAnswer[] = [];
    const channel = open({ now: systemClock.now, onCommitAnswer: (answer) => void answers.push(answer) });
    await channel.send(creating(newPath()));
    await fault('RESOURCE_EXHAUSTED');
    await expect(channel.send(creating(newPath()))).rejects.toMatchObject({ code: 8 });
    await fault('ABORTED');
    await expect(channel.send(creating(newPath()))).rejects.toMatchObject({ code: 10 });
    expect(answers.map(({ isExhausted }) => isExhausted)).toEqual([false, true]);
    await channel.send(creating(newPath()));
  });

  it('opens another connection when one has enough to do', async () => {
    let opened = 0;
    const channel = open(undefined, async (where) => {
      opened += 1;
      return openGenerated(where);
    });
    await Promise.all(Array.from({ length: 200 }, async () => channel.send(creating(newPath()))));
    expect(opened).toBe(3);
  });

  it('does not keep a connection that could not be opened', async () => {
    let opened = 0;
    const channel = open(undefined, async (where) => {
      opened += 1;
      if (opened === 1) throw new Error('no credentials');
      return openGenerated(where);
    });
    await expect(channel.send(creating(newPath()))).rejects.toThrow('no credentials');
    expect(await channel.send(creating(newPath()))).toBeInstanceOf(Timestamp);
  });

  async function fault(code: string): Promise<void> {
    const response = await fetch(`http://${cloud.hosts.ops}/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cloud.faultToken}` },
      body: JSON.stringify({
        at: { service: 'firestore', method: 'Commit', side: 'before', times: 1 },
        do: { kind: 'error', code },
      }),
    });
    expect(response.status).toBe(200);
  }
});

function creating(path: string): CommitWrites {
  const writes = new CommitWrites();
  writes.create(path, { at: Timestamp.fromMillis(5), list: [1, null, 'é', { a: -1.5 }] });
  return writes;
}
