import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import { Meter } from '../src/core/meter.ts';
import { parseFaults } from '../src/faults/fault.ts';
import { FaultPlan } from '../src/faults/fault-plan.ts';
import { RequestFeed } from '../src/faults/request-feed.ts';
import { Traffic } from '../src/faults/traffic.ts';
import { parseWebhook, startDiscord } from '../src/discord/index.ts';
import { emptyState, step } from '../src/discord/machine.ts';
import type { WebhookRequest } from '../src/discord/machine.ts';
import { openMessageStore } from '../src/discord/message-store.ts';
import type { DiscordMessage, DiscordOptions } from '../src/discord/index.ts';

const clock = systemClock();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: Partial<DiscordOptions> = {}) {
  const meter = new Meter();
  const server = await startDiscord({ port: 0, clock, meter, rateLimits: true, ...options });
  cleanups.push(() => server.close());
  const base = `http://127.0.0.1:${server.port}`;
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${base}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  return { ...server, meter, call };
}

async function messageIn(response: Response): Promise<DiscordMessage> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the sink promises with wait=true
  return (await response.json()) as DiscordMessage;
}

const webhook = '/api/v10/webhooks/1234/t-0-k_en';

describe('the Discord sink', () => {
  it('serves the life of a message', async () => {
    const { call, meter } = await start();
    const posted = await call('POST', `${webhook}?wait=true`, { content: 'BTC-USDT long closed by stop' });
    expect(posted.status).toBe(200);
    expect(posted.headers.get('x-ratelimit-remaining')).toBe('4');
    const { id } = await messageIn(posted);

    const edited = await call('PATCH', `${webhook}/messages/${id}`, { content: 'corrected' });
    expect(await edited.json()).toMatchObject({ id, content: 'corrected' });
    expect(await (await call('GET', `${webhook}/messages/${id}`)).json()).toMatchObject({ id });
    expect((await call('POST', '/api/webhooks/1234/t', { content: 'unversioned' })).status).toBe(204);

    expect(await (await call('GET', '/log/count')).json()).toEqual({ count: 2 });
    expect(await (await call('GET', `/log?after=${id}&limit=5`)).json()).toMatchObject({
      messages: [{ content: 'unversioned' }],
    });
    expect((await call('DELETE', `${webhook}/messages/${id}`)).status).toBe(204);
    expect((await call('GET', `${webhook}/messages/${id}`)).status).toBe(404);
    expect(meter.snapshot()).toEqual({ 'discord.messages': 2 });
  });

  it('limits the rate as the headers announce it', async () => {
    const { call, meter } = await start({ rateLimit: { requests: 1, windowMicros: 60_000_000n } });
    expect((await call('POST', webhook, { content: 'a' })).status).toBe(204);
    const refused = await call('POST', webhook, { content: 'b' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ global: false, retry_after: expect.any(Number) });
    expect(meter.snapshot()).toEqual({ 'discord.messages': 1, 'discord.rateLimited': 1 });
  });

  it('answers what it does not know as Discord does', async () => {
    const { call, port } = await start({ rateLimits: false });
    expect((await call('GET', '/api/v10/users/@me')).status).toBe(404);
    expect((await call('PUT', webhook)).status).toBe(405);
    expect((await call('GET', '/log?limit=0')).status).toBe(400);
    const broken = await fetch(`http://127.0.0.1:${port}${webhook}`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ code: 50109 });
    const plain = { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } };
    expect((await fetch(`http://127.0.0.1:${port}${webhook}`, plain)).status).toBe(400);
    expect((await call('POST', `${webhook}?thread_id=main`, { content: 'x' })).status).toBe(400);
    const tooLarge = await call('POST', webhook, { content: 'x'.repeat(26 * 1024 * 1024) });
    expect(tooLarge.status).toBe(413);
  });

  it('takes files beside the message, and says when they are too many or too large', async () => {
    const { port, call } = await start({ rateLimits: false });
    const post = (form: FormData) =>
      fetch(`http://127.0.0.1:${port}${webhook}?wait=true`, { method: 'POST', body: form });
    const form = new FormData();
    const embeds = [{ title: 'Week 47', image: { url: 'attachment://chart.png' } }];
    form.set('payload_json', JSON.stringify({ embeds, attachments: [{ id: 0, description: 'by day' }] }));
    form.set('files[0]', new Blob([new Uint8Array([0x89, 0x50, 0])], { type: 'image/png' }), 'chart.png');
    const message = await messageIn(await post(form));
    expect(message.attachments).toMatchObject([
      { filename: 'chart.png', size: 3, content_type: 'image/png', description: 'by day' },
    ]);
    expect(message.embeds[0]?.image?.url).toBe(message.attachments[0]?.url);
    const log = await call('GET', '/log?webhook_id=1234&channel_id=1234');
    expect(await log.json()).toEqual({ messages: [message] });
    form.set('files[1]', new Blob([new Uint8Array(10 * 1024 * 1024 + 1)]), 'large.bin');
    expect((await post(form)).status).toBe(413);
    form.delete('files[1]');
    for (let n = 1; n <= 10; n += 1) form.set(`files[${n}]`, new Blob(['x']), `${n}.txt`);
    expect(await (await post(form)).json()).toMatchObject({ code: 30015 });
    const fields = new FormData();
    fields.set('content', 'as a field');
    expect(await messageIn(await post(fields))).toMatchObject({ content: 'as a field' });
  });

  it('knows the webhooks that it is told of', async () => {
    const { call } = await start({ webhooks: [parseWebhook('1234/secret')] });
    const status = async (path: string) =>
      (await call('POST', `/api/webhooks/${path}`, { content: 'x' })).status;
    expect([await status('1234/secret'), await status('1234/rotated'), await status('1/secret')]).toEqual([
      204, 401, 404,
    ]);
    expect(() => parseWebhook('https://discord.com')).toThrow('ID/TOKEN');
  });

  it('gives a bot the earlier message of a nonce', async () => {
    const { port } = await start();
    const bot = (method: string, path: string, body?: unknown, token = 'Bot a') =>
      fetch(`http://127.0.0.1:${port}/api/v10/channels/7/messages${path}`, {
        method,
        headers: { authorization: token, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const posted = { content: 'closed', nonce: 'event-1', enforce_nonce: true };
    const { id, ...message } = await messageIn(await bot('POST', '', posted));
    expect(message).toMatchObject({ channel_id: '7', nonce: 'event-1' });
    expect(message).not.toHaveProperty('webhook_id');
    expect(await messageIn(await bot('POST', '', posted))).toMatchObject({ id });
    const another = await messageIn(await bot('POST', '', posted, 'Bot b'));
    expect(another.id).not.toBe(id);
    expect((await bot('POST', '', { ...posted, nonce: 'x'.repeat(26) })).status).toBe(400);
    expect((await bot('PATCH', `/${id}`, { content: 'changed' }, 'Bot b')).status).toBe(403);
    expect((await bot('PATCH', `/${id}`, { content: 'changed' })).status).toBe(200);
    expect(await (await bot('GET', `/${id}`)).json()).toMatchObject({ content: 'changed' });
    expect((await bot('DELETE', `/${id}`)).status).toBe(204);
    expect((await bot('POST', '', posted, 'Bearer a')).status).toBe(401);
  });

  it('lists the messages of a channel to a bot, the latest first', async () => {
    const { port } = await start({ rateLimits: false });
    const list = async (query: string) => {
      const url = `http://127.0.0.1:${port}/api/v10/channels/7/messages${query}`;
      return fetch(url, { headers: { authorization: 'Bot a' } });
    };
    const ids: string[] = [];
    for (const [channel, content] of [
      ['7', 'a'],
      ['8', 'elsewhere'],
      ['7', 'b'],
      ['7', 'c'],
    ] as const) {
      const posted = await fetch(`http://127.0.0.1:${port}/api/v10/channels/${channel}/messages`, {
        method: 'POST',
        headers: { authorization: 'Bot b', 'content-type': 'application/json' },
        body: JSON.stringify({ content, nonce: content }),
      });
      ids.push((await messageIn(posted)).id);
    }
    const [first = '', , ...others] = ids;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the sink promises
    const listed = async (query: string) => (await (await list(query)).json()) as DiscordMessage[];
    expect((await listed('')).map(({ content }) => content)).toEqual(['c', 'b', 'a']);
    expect((await listed('?limit=2')).map(({ content }) => content)).toEqual(['c', 'b']);
    expect((await listed(`?after=${first}&limit=1`)).map(({ id }) => id)).toEqual([others[0]]);
    expect((await listed(''))[0]).not.toHaveProperty('nonce');
    for (const query of ['?limit=101', '?limit=0', '?after=x', '?before=1', '?around=1'])
      expect((await list(query)).status).toBe(400);
  });

  it('limits everything of an address together, and blocks it after too many invalid requests', async () => {
    const few = { requests: 2, windowMicros: 60_000_000n };
    const { call } = await start({ globalLimit: few, invalidLimit: few });
    const post = (id: number) => call('POST', `/api/v10/webhooks/${id}/t`, { content: 'a' });
    expect([(await post(1)).status, (await post(2)).status]).toEqual([204, 204]);
    const limited = await post(3);
    expect(limited.headers.get('x-ratelimit-scope')).toBe('global');
    expect(await limited.json()).toMatchObject({ global: true });
    await post(4);
    expect(await (await post(5)).text()).toBe('error code: 1015');
    expect((await call('GET', '/log/count')).status).toBe(200);
  });

  it('blocks for planned refusals as for its own, but not for what others use up', async () => {
    const traffic = new Traffic(new FaultPlan(), new RequestFeed(), new Meter());
    const few = { requests: 2, windowMicros: 60_000_000n };
    const { call } = await start({ invalidLimit: few, traffic });
    const at = { service: 'discord', times: 2 };
    const shared = { kind: 'rateLimit', scope: 'shared', retryAfterMs: 1000 };
    traffic.faults.add(parseFaults({ at, do: shared }));
    const post = async () => (await call('POST', webhook, { content: 'a' })).status;
    expect([await post(), await post(), await post()]).toEqual([429, 429, 204]);
    traffic.faults.add(parseFaults({ at, do: { kind: 'error', code: 'PERMISSION_DENIED' } }));
    expect([await post(), await post(), await post()]).toEqual([403, 403, 429]);
  });

  it('refuses what a web page could send', async () => {
    const { port } = await start();
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: '/log', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await status({})).toBe(200);
    expect(await status({ host: 'localhost' })).toBe(200);
    expect(await status({ host: 'rebound.example' })).toBe(403);
    expect(await status({ origin: 'https://example.com' })).toBe(403);
  });

  it('keeps what it answered, edits and deletions included', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'discord-'));
    cleanups.push(() => rm(dataDir, { recursive: true }));
    const first = await start({ dataDir, rateLimits: false });
    const ids: string[] = [];
    for (const content of ['a', 'b', 'c']) {
      const answer = await first.call('POST', `${webhook}?wait=true`, { content });
      ids.push((await messageIn(answer)).id);
    }
    await first.call('PATCH', `${webhook}/messages/${ids[0]}`, { content: 'A' });
    await first.call('DELETE', `${webhook}/messages/${ids[1]}`);
    await first.close();

    const second = await start({ dataDir, rateLimits: false });
    await second.call('POST', webhook, { content: 'd' });
    expect(await (await second.call('GET', '/log')).json()).toMatchObject({
      messages: [{ content: 'A', id: ids[0] }, { content: 'c', id: ids[2] }, { content: 'd' }],
    });
  });

  it('keeps its log in proportion to its messages', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'discord-'));
    cleanups.push(() => rm(dataDir, { recursive: true }));
    const state = emptyState(undefined);
    const store = await openMessageStore(state, dataDir);
    const act = (action: WebhookRequest['action']) => {
      const { record } = step(state, { webhookId: '1', token: 't', action }, clock.nowMicros());
      if (record !== undefined) store.append(record);
    };
    for (const content of ['first', 'second']) act({ type: 'execute', wait: false, body: { content } });
    const messageId = state.messages[0]?.id ?? '';
    for (let count = 1; count <= 12_000; count += 1)
      act({ type: 'edit', messageId, body: { content: String(count) } });
    await store.written();
    await store.close();

    expect((await stat(join(dataDir, 'discord.log'))).size).toBeLessThan(2_000_000);
    const reopened = emptyState(undefined);
    await (await openMessageStore(reopened, dataDir)).close();
    expect(reopened.messages).toEqual(state.messages);
    expect(reopened.lastId).toBe(state.lastId);
  });
});
