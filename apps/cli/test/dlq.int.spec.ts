import { provisionTopology } from '@bellwether/bus';
import {
  type ChannelDocument,
  type Commit,
  type DeliveryDocument,
  commitAttributes,
  mainAccount,
  paths,
  subscriptions,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import type { PositionClosed } from '@bellwether/domain';
import { startNotifier } from '@bellwether/notifier';
import { type RunningService, createLogger } from '@bellwether/observability';
import { hashCommit } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeadLetters } from '../src/dlq/dead-letters.ts';
import { groupsOf } from '../src/dlq/describe.ts';

jest.setTimeout(40_000);
const topology = topologyOf(1);
let cloud: TestCloud;
let notifier: RunningService;
let letters: DeadLetters;
let receiver: Server;
let tests = 0;
/** By path: what is answered next, and what was told. */
const answers = new Map<string, number[]>();
const told = new Map<string, { eventId: string; possibleRepeat: boolean }[]>();

beforeAll(async () => {
  cloud = await startTestCloud();
  await provisionTopology(cloud.pubsub, topology);
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '' } = request;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the notifier says
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as {
        data: { eventId: string; possibleRepeat: boolean };
      };
      told.set(url, [...(told.get(url) ?? []), data]);
      response.writeHead(answers.get(url)?.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const local = { ALLOW_PRIVATE_CHANNELS: 'loopback', DISCORD_RETRY_MS: '5' };
  const logger = createLogger({ service: 'notifier', level: 'silent' });
  notifier = await startNotifier({ ...cloud.environment, ...local }, logger);
  letters = new DeadLetters(cloud.firestore, cloud.pubsub, topology);
});
afterAll(async () => {
  await notifier.close();
  await new Promise((resolve) => receiver.close(resolve));
  await cloud.close();
});

const closed: PositionClosed = {
  type: 'PositionClosed',
  positionId: 'p1',
  symbol: 'SPY',
  side: 'long',
  quantity: '2',
  entryPrice: '100',
  exitPrice: '95',
  currency: 'USD',
  realizedPnl: '-10',
  reason: 'stopLoss',
  openedAt: 1,
  closedAt: 2,
};

/** A tenant with a webhook `told`, whose account closes positions. */
class Tenant {
  readonly id = `dlq-${(tests += 1)}`;
  readonly path = `/${this.id}`;
  #seq = 0;

  async open(channel = 'told', path = this.path): Promise<void> {
    const { port } = receiver.address() as AddressInfo; // oxlint-disable-line typescript/no-unsafe-type-assertion -- it listens on a port
    const document: ChannelDocument = {
      kind: 'webhook',
      url: `http://127.0.0.1:${port}${path}`,
      secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`],
      status: 'active',
    };
    await cloud.firestore.doc(paths.channel(this.id, channel)).set(document);
    await cloud.firestore.doc(paths.tenant(this.id)).set({ tenantId: this.id, status: 'active' });
  }

  async store(): Promise<Commit> {
    this.#seq += 1;
    const unhashed = {
      schema: 2,
      ...mainAccount(this.id, `user-${this.id}`),
      seq: this.#seq,
      commitId: `c${this.#seq}`,
      cause: { kind: 'frame', shard: 0, epoch: 'tape-1', number: 3 },
      events: [closed],
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      previousHash: '',
    } satisfies Omit<Commit, 'hash'>;
    const commit = { ...unhashed, hash: hashCommit(unhashed) };
    await cloud.firestore.doc(paths.journalEntry(commit, commit.seq)).create(commit);
    return commit;
  }

  async commit(): Promise<void> {
    const commit = await this.store();
    const data = Buffer.from(JSON.stringify(commit));
    await cloud.pubsub.topic(topics.events).publishMessage({ data, attributes: commitAttributes(commit) });
  }

  /** Its deliveries, once each is in one of those states. */
  async settled(...states: readonly DeliveryDocument['status'][]): Promise<DeliveryDocument[]> {
    return eventually(
      async () => {
        const { docs } = await cloud.firestore.collection(paths.deliveries(this.id)).get();
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the notifier writes them
        const found = docs.map((document) => document.data() as DeliveryDocument);
        const now = found.map(({ status }) => status);
        return String(now.toSorted()) === String(states.toSorted()) && found;
      },
      { timeoutMs: 35_000 },
    );
  }

  async list() {
    return letters.list({ tenant: this.id, limit: 100 });
  }
}

async function tenantWithDead(count = 1, status = 413): Promise<Tenant> {
  const tenant = new Tenant();
  await tenant.open();
  answers.set(
    tenant.path,
    Array.from({ length: count }, () => status),
  );
  for (let commits = 0; commits < count; commits += 1) await tenant.commit();
  await tenant.settled(...Array.from({ length: count }, () => 'dead' as const));
  return tenant;
}

const by = { actor: 'cli:ann', at: 1_000 };

describe('a dead delivery', () => {
  it('is listed with its reason until it is retried, and told once then', async () => {
    const tenant = await tenantWithDead(2);
    const dead = await tenant.list();
    expect(dead).toMatchObject([
      { state: 'dead', reason: '413', about: 'PositionClosed of p1 to told' },
      { state: 'dead', reason: '413' },
    ]);
    expect(groupsOf(dead)).toMatchObject([{ source: 'delivery', cause: '413', count: 2 }]);
    const before = told.get(tenant.path)?.length;
    for (const { id } of dead) await letters.retry(id, { ...by, at: Date.now() });
    const deliveries = await tenant.settled('sent', 'sent');
    expect(deliveries.every(({ possibleRepeat, attempts }) => !possibleRepeat && attempts === 2)).toBe(true);
    expect((told.get(tenant.path)?.length ?? 0) - (before ?? 0)).toBe(2);
    expect(await tenant.list()).toEqual([]);
    const shown = await letters.read(dead[0]?.id ?? '');
    expect(shown).toMatchObject({ state: 'retried', actions: [{ action: 'retried', actor: 'cli:ann' }] });
  });

  it('that may have been told says so when it is retried', async () => {
    const tenant = new Tenant();
    await tenant.open();
    answers.set(tenant.path, [500, 413]);
    await tenant.commit();
    await tenant.settled('dead');
    const [dead] = await tenant.list();
    await letters.retry(dead?.id ?? '', { ...by, at: Date.now() });
    expect(await tenant.settled('sent')).toMatchObject([{ possibleRepeat: true }]);
    expect(told.get(tenant.path)?.map(({ possibleRepeat }) => possibleRepeat)).toEqual([false, true, true]);
  });

  it('stays what it is once it is told, unless somebody insists: then it may be a repeat', async () => {
    const tenant = new Tenant();
    await tenant.open();
    await tenant.commit();
    const [sent] = await tenant.settled('sent');
    const id = `delivery:${tenant.id}:${sent?.eventId}_told`;
    await expect(letters.retry(id, by)).rejects.toThrow('it is sent; --again tells it nevertheless');
    await letters.retry(id, { ...by, at: Date.now() }, true);
    await eventually(() => expect(told.get(tenant.path)).toHaveLength(2), { timeoutMs: 35_000 });
    expect(told.get(tenant.path)?.[1]).toMatchObject({ eventId: sent?.eventId, possibleRepeat: true });
    expect(await tenant.settled('sent')).toMatchObject([{ possibleRepeat: true }]);
  });

  it('dies again where it is refused again, and is listed again', async () => {
    const tenant = await tenantWithDead();
    answers.set(tenant.path, [413]);
    const [dead] = await tenant.list();
    await letters.retry(dead?.id ?? '', { ...by, at: Date.now() });
    await eventually(async () => expect(await tenant.list()).toMatchObject([{ id: dead?.id }]), {
      timeoutMs: 35_000,
    });
  });

  it('may be told on another channel instead, with a record of both', async () => {
    const tenant = await tenantWithDead();
    await tenant.open('ops', `${tenant.path}/ops`);
    const [dead] = await tenant.list();
    const id = dead?.id ?? '';
    await expect(letters.edit(id, { channel: 'none' }, by)).rejects.toThrow('has no channel none');
    await letters.edit(id, { channel: 'ops' }, { ...by, at: Date.now() });
    await tenant.settled('dead', 'sent');
    expect(told.get(`${tenant.path}/ops`)).toHaveLength(1);
    expect(await tenant.list()).toEqual([]);
    expect((await letters.read(id)).actions).toMatchObject([
      { action: 'edited', before: '{"channelId":"told"}', after: '{"channelId":"ops"}' },
    ]);
    await expect(letters.edit(id, { channel: 'ops' }, by)).rejects.toThrow('has been told of the event');
  });

  it('is kept with its reason when it is discarded', async () => {
    const tenant = await tenantWithDead();
    const [dead] = await tenant.list();
    const id = dead?.id ?? '';
    await letters.discard(id, { ...by, reason: 'nobody needs it' });
    expect(await tenant.list()).toEqual([]);
    const shown = await letters.read(id);
    expect(shown).toMatchObject({ state: 'discarded', reason: '413', content: { status: 'dead' } });
    expect(shown.actions).toMatchObject([{ action: 'discarded', reason: 'nobody needs it', at: 1_000 }]);
    expect(JSON.parse(shown.actions[0]?.before ?? '')).toMatchObject({ reason: '413', channelId: 'told' });
    await expect(letters.discard(id, { ...by, reason: 'again' })).rejects.toThrow('nothing to discard');
  });

  it('is not retried while its channel is disabled', async () => {
    const tenant = await tenantWithDead(1, 410);
    const [dead] = await tenant.list();
    await expect(letters.retry(dead?.id ?? '', by)).rejects.toThrow('channel told is disabled');
    expect(await tenant.list()).toHaveLength(1);
  });

  it('does not expire before somebody has acted on it', async () => {
    const tenant = await tenantWithDead();
    const [dead] = await tenant.settled('dead');
    const at = paths.delivery(tenant.id, dead?.eventId ?? '', 'told');
    expect((await cloud.firestore.doc(at).get()).data()).not.toHaveProperty('expireAt');
    await letters.discard(`delivery:${tenant.id}:${dead?.eventId}_told`, { ...by, reason: 'known' });
    expect((await cloud.firestore.doc(at).get()).data()).toHaveProperty('expireAt');
  });
});

async function messages(acted = false) {
  return (await letters.list({ limit: 100, acted })).filter(({ source }) => source === 'message');
}

async function quarantined(messageId: string): Promise<string> {
  const { id } = await eventually(
    async () => (await messages()).find((each) => each.id.endsWith(`:${messageId}`)) ?? false,
  );
  return id;
}

describe('a message that nobody could process', () => {
  it('is published as it is given instead, and takes effect', async () => {
    const tenant = new Tenant();
    await tenant.open();
    const commit = await tenant.store();
    const data = Buffer.from('{"seq":');
    const attributes = commitAttributes(commit);
    const id = await quarantined(
      await cloud.pubsub.topic(topics.events).publishMessage({ data, attributes }),
    );
    expect(await letters.read(id)).toMatchObject({
      reason: 'the commit is not JSON',
      cause: 'notifier.events: the commit is not JSON',
      content: { data: '{"seq":', attributes },
    });
    await letters.edit(id, { data: Buffer.from(JSON.stringify(commit)) }, by);
    await tenant.settled('sent');
    const { actions, state } = await letters.read(id);
    expect([state, actions]).toMatchObject(['retried', [{ action: 'edited', actor: 'cli:ann' }]]);
    expect(JSON.parse(actions[0]?.before ?? '')).toMatchObject({ data: '{"seq":' });
    expect(JSON.parse(actions[0]?.after ?? '')).toMatchObject({ data: JSON.stringify(commit), attributes });
    expect((await messages()).map((each) => each.id)).not.toContain(id);
    expect((await messages(true)).map((each) => each.id)).toContain(id);
  });

  it('comes back as another when it is retried as it was', async () => {
    const id = await quarantined(
      await cloud.pubsub.topic(topics.events).publishMessage({ data: Buffer.from('again') }),
    );
    await letters.retry(id, by);
    await eventually(async () => {
      const others = (await messages()).filter((each) => each.id !== id);
      const contents = await Promise.all(others.map(async (each) => letters.read(each.id)));
      expect(contents.map(({ content }) => content['data'])).toContain('again');
    });
  });

  it('is kept when it is discarded, and may be taken up again later', async () => {
    const id = await quarantined(
      await cloud.pubsub.topic(topics.events).publishMessage({ data: Buffer.from('no') }),
    );
    await letters.discard(id, { ...by, reason: 'a typing error' });
    expect((await messages()).map((each) => each.id)).not.toContain(id);
    await letters.retry(id, { ...by, at: 2_000 });
    expect(await letters.read(id)).toMatchObject({
      state: 'retried',
      content: { data: 'no' },
      actions: [
        { action: 'discarded', reason: 'a typing error' },
        { action: 'retried', at: 2_000 },
      ],
    });
  });

  it('in a dead-letter topic is kept before Pub/Sub forgets it, once, and told when it is retried', async () => {
    const tenant = new Tenant();
    await tenant.open();
    const commit = await tenant.store();
    const attributes = { ...commitAttributes(commit), CloudPubSubDeadLetterSourceDeliveryCount: '10' };
    const data = Buffer.from(JSON.stringify(commit));
    const dead = topics.deadLetters(subscriptions.notifierEvents);
    const messageId = await cloud.pubsub.topic(dead).publishMessage({ data, attributes });
    expect(await letters.collect()).toEqual({ kept: 1, left: 0 });
    expect(await letters.collect()).toEqual({ kept: 0, left: 0 });
    const id = `message:notifier.events:${messageId}`;
    const shown = await letters.read(id);
    expect(shown).toMatchObject({ state: 'dead', reason: 'processed in vain 10 times' });
    expect(shown.content['attributes']).toEqual(commitAttributes(commit));
    await letters.retry(id, by);
    await tenant.settled('sent');
  });

  it('that is too large for a document is left where it is', async () => {
    const dead = topics.deadLetters(subscriptions.ledgerEvents);
    await cloud.pubsub.topic(dead).publishMessage({ data: Buffer.alloc(250_000) });
    expect(await letters.collect()).toEqual({ kept: 0, left: 1 });
    expect(await letters.collect()).toEqual({ kept: 0, left: 1 });
  });

  it('is not retried when it is a frame, which has its place among others', async () => {
    const at = paths.quarantine(subscriptions.historyTicks(0), '17');
    const frame = { consumer: subscriptions.historyTicks(0), reason: 'no frame', attributes: {} };
    await cloud.firestore
      .doc(at)
      .create({ ...frame, data: Buffer.from([255, 0]), isCut: false, publishedAt: 5 });
    const id = 'message:history.ticks-00:17';
    await expect(letters.retry(id, by)).rejects.toThrow('frames are taken in their order alone');
    expect((await letters.read(id)).content['data']).toBe('base64:/wA=');
    await letters.discard(id, { ...by, reason: 'known' });
  });
});
