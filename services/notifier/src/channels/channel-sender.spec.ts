import { invariant } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { Timestamp } from '@google-cloud/firestore';
import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '../deliveries/delivery.ts';
import { AddressGate } from '../discord/address-gate.ts';
import { DiscordWebhook, type DiscordWebhookPorts } from '../discord-webhook/discord-webhook.ts';
import type { HttpResult } from '../http/send-http.ts';
import type { WebhookMessage } from '../messages/webhook-message.ts';
import { actionRefused, closed, commitOf, committedAt, opened } from '../notices/notice.builder.ts';
import { noticesOf } from '../notices/notice.ts';
import { channelOf } from './channel.builder.ts';
import { ChannelSender } from './channel-sender.ts';

const channel = channelOf();

function answered(status: number, body: object = {}, headers: Record<string, string> = {}): HttpResult {
  return {
    kind: 'answered',
    answer: { status, header: (name) => headers[name], body: JSON.stringify(body) },
  };
}
const taken = answered(200, { id: '42', timestamp: '2026-11-21T09:16:53.123456+00:00' });
const timedOut: HttpResult = { kind: 'failed', reason: 'TimeoutError', mayHaveArrived: true };
const noConnection: HttpResult = { kind: 'failed', reason: 'ECONNREFUSED', mayHaveArrived: false };

/** A sender in a world where time passes only in its pauses. */
function given(...answers: readonly (HttpResult | Promise<HttpResult>)[]) {
  const script = [...answers];
  const requests: { method: string; url: string; message: WebhookMessage; at: number }[] = [];
  const recorded: {
    state: string;
    ids: string[];
    possibleRepeat: boolean;
    attempts: number;
    reason?: string;
  }[] = [];
  const disabled: string[] = [];
  const due: number[] = [];
  let now = 1_000;
  let failingWrites = 0;
  const note = (state: string) => async (changed: readonly Delivery[], detail?: unknown) => {
    await Promise.resolve();
    failingWrites -= 1;
    if (failingWrites >= 0) throw new Error('the store is away');
    const [first] = changed;
    recorded.push({
      state,
      ids: changed.map(({ notice }) => notice.eventId.slice(-1)),
      possibleRepeat: first?.possibleRepeat ?? false,
      attempts: first?.attempts ?? 0,
      ...(typeof detail === 'string' ? { reason: detail } : {}),
    });
  };
  const clock = { now: () => now };
  const logger = createLogger({ service: 'notifier', level: 'silent' });
  const sleep = async (milliseconds: number, signal: AbortSignal) => {
    await Promise.resolve();
    if (!signal.aborted) now += milliseconds;
  };
  const gate = new AddressGate({ clock, sleep, logger });
  const discord: DiscordWebhookPorts = {
    apiBase: 'http://discord/api/v10',
    send: async ({ method, url, body }) => {
      invariant(typeof body === 'string', 'the client writes JSON');
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- and no other
      requests.push({ method, url, message: JSON.parse(body) as WebhookMessage, at: now });
      await Promise.resolve();
      return script.shift() ?? taken;
    },
    gate,
  };
  const sender = new ChannelSender(channel, {
    connect: ({ settings }) => {
      invariant(settings.kind === 'discordWebhook', 'the channel is one');
      return new DiscordWebhook(settings, discord);
    },
    clock,
    sleep,
    record: {
      sent: note('sent'),
      retrying: note('retrying'),
      dead: note('dead'),
      parked: async (changed, dueAt) => {
        await note('parked')(changed);
        due.push(dueAt);
      },
      release: note('released'),
    },
    disable: async (_, reason, { notice }) => {
      await Promise.resolve();
      disabled.push(`${notice.eventId}: ${reason}`);
    },
    timeoutMs: 1_000,
    retryMs: 100,
    logger,
  });
  return {
    sender,
    requests,
    recorded,
    disabled,
    due,
    failWrites: (count: number) => (failingWrites = count),
  };
}

function deliveries(count: number, possibleRepeat = false): Delivery[] {
  const events = Array.from({ length: count }, (_, index) => closed({ positionId: `p${index}` }));
  return noticesOf(commitOf(events), committedAt).map((notice) => ({
    channelId: 'discord',
    notice,
    attempts: 0,
    possibleRepeat,
  }));
}

async function sendAll(sender: ChannelSender, all: readonly Delivery[]): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(all.map(async (delivery) => sender.send(delivery)));
  return outcomes.map(({ status }) => status);
}

function present(delivery: Delivery | undefined): Delivery {
  invariant(delivery, 'there is one');
  return delivery;
}

const embeds = ({ message }: { message: WebhookMessage }) => message.embeds?.length ?? 0;

describe('the sender of a channel', () => {
  it('sends one alert and records its receipt', async () => {
    const { sender, requests, recorded } = given();
    await sendAll(sender, deliveries(1));
    expect(requests).toHaveLength(1);
    expect(requests[0]?.url).toBe('http://discord/api/v10/webhooks/1234/secret-token?wait=true');
    expect(requests[0]?.message.content).toBe('[SHADOW] BTC-USDT long closed by stop -42.1 USDT');
    expect(recorded).toEqual([{ state: 'sent', ids: ['0'], possibleRepeat: false, attempts: 1 }]);
  });

  it('puts what waits into messages of up to ten', async () => {
    const { sender, requests } = given();
    await sendAll(sender, deliveries(25));
    expect(requests.map(embeds)).toEqual([10, 10, 5]);
  });

  it('sends what waits in the order of its journal, whatever order it came in', async () => {
    const { sender, requests } = given();
    const [first, ...others] = deliveries(5);
    const other = deliveries(1).map((each) => ({
      ...each,
      notice: { ...each.notice, accountId: 'u2.main' },
    }));
    await sendAll(sender, [present(first), ...other, ...others.toReversed()]);
    const footers = requests.flatMap(({ message }) => message.embeds?.map(({ footer }) => footer.text) ?? []);
    expect(footers.map((text) => /:(\d+) /.exec(text)?.[1])).toEqual(['0', '0', '1', '2', '3', '4']);
  });

  it('sends the critical before what else waits', async () => {
    const { sender, requests } = given();
    const [failed] = noticesOf(commitOf([actionRefused()], 99), committedAt);
    invariant(failed, 'a refusal is told');
    await sendAll(sender, [...deliveries(15), { ...present(deliveries(1)[0]), notice: failed }]);
    const refused = requests.map(({ message }) =>
      message.embeds?.findIndex(({ title }) => title.includes('refused')),
    );
    expect(refused).toEqual([0, -1]);
  });

  it('says of an alert that an earlier life has claimed that it may be a repeat', async () => {
    const { sender, requests } = given();
    await sendAll(sender, deliveries(1, true));
    expect(requests[0]?.message.content).toContain('(possible repeat)');
  });

  it('paces itself by the headers', async () => {
    const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '2' };
    const body = { id: '1', timestamp: '2026-11-21T09:16:53Z' };
    const { sender, requests } = given(answered(200, body, spent));
    await sendAll(sender, deliveries(11));
    expect(requests.map(({ at }) => at)).toEqual([1_000, 3_000]);
  });

  it('waits as long as a 429 says and does not count it as a failure', async () => {
    const throttled = answered(429, { retry_after: 0.3 });
    const { sender, requests, recorded } = given(...Array.from({ length: 12 }, () => throttled));
    await sendAll(sender, deliveries(1));
    expect(requests).toHaveLength(13);
    expect(requests[1]?.at).toBe(1_300);
    expect(recorded).toEqual([{ state: 'sent', ids: ['0'], possibleRepeat: false, attempts: 13 }]);
  });

  it('waits for a limit of the whole address', async () => {
    const { sender, requests } = given(answered(429, { retry_after: 5, global: true }));
    await sendAll(sender, deliveries(1));
    expect(requests.map(({ at }) => at)).toEqual([1_000, 6_000]);
  });

  it('leaves to their documents what a long limit holds up, a message a second when it is over', async () => {
    const { sender, requests, recorded, due } = given(answered(429, { retry_after: 1_300 }));
    expect(await sendAll(sender, deliveries(25))).toEqual(Array.from({ length: 25 }, () => 'fulfilled'));
    await sendAll(sender, deliveries(1));
    expect(requests).toHaveLength(1);
    expect(recorded.map(({ state, ids }) => [state, ids.length])).toEqual([
      ['parked', 10],
      ['parked', 10],
      ['parked', 5],
      ['parked', 1],
    ]);
    expect(due).toEqual([1_301_000, 1_302_000, 1_302_500, 1_302_600]);
  });

  it('holds a hundred alerts, and leaves those beyond to their documents', async () => {
    const { sender, recorded } = given();
    await sendAll(sender, deliveries(103));
    const count = (wanted: string) =>
      recorded.filter(({ state }) => state === wanted).reduce((sum, { ids }) => sum + ids.length, 0);
    expect([count('sent'), count('parked')]).toEqual([100, 3]);
  });

  it('lets nobody wait for a channel that fails', async () => {
    const { sender, requests, recorded, due } = given(timedOut);
    await sendAll(sender, deliveries(12));
    expect(requests.map(embeds)).toEqual([10, 10]);
    expect(recorded.map(({ state, ids }) => [state, ids.length])).toEqual([
      ['retrying', 10],
      ['parked', 2],
      ['sent', 10],
    ]);
    expect(due).toEqual([6_000]);
  });

  it('repeats what may have landed, and says so', async () => {
    const { sender, requests, recorded } = given(timedOut, answered(502));
    await sendAll(sender, deliveries(1));
    expect(requests.map(({ at }) => at)).toEqual([1_000, 1_100, 1_300]);
    expect(requests.map(({ message }) => message.content.includes('possible repeat'))).toEqual([
      false,
      true,
      true,
    ]);
    expect(recorded).toEqual([
      { state: 'retrying', ids: ['0'], possibleRepeat: true, attempts: 1, reason: 'TimeoutError' },
      { state: 'retrying', ids: ['0'], possibleRepeat: true, attempts: 2, reason: '502' },
      { state: 'sent', ids: ['0'], possibleRepeat: true, attempts: 3 },
    ]);
  });

  it('does not repeat what only informs where it may have landed, and leaves it to the next digest', async () => {
    const { sender, requests, recorded, due } = given(timedOut);
    const events = [opened(), closed({ positionId: 'p1' }), opened({ id: 'p2' })];
    const all = noticesOf(commitOf(events), committedAt).map((notice) => ({
      channelId: 'discord',
      notice,
      attempts: 0,
      possibleRepeat: false,
    }));
    expect(await sendAll(sender, all)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(requests.map(embeds)).toEqual([3, 1]);
    expect(recorded).toMatchObject([
      { state: 'retrying', ids: ['0', '1', '2'], possibleRepeat: true },
      { state: 'parked', ids: ['0', '2'], possibleRepeat: true, attempts: 1 },
      { state: 'sent', ids: ['1'], possibleRepeat: true, attempts: 2 },
    ]);
    expect(due).toHaveLength(1);
  });

  it('asks a channel again where what it failed at is left to a digest', async () => {
    const { sender, requests, recorded } = given(timedOut);
    const [notice] = noticesOf(commitOf([opened()]), committedAt);
    invariant(notice, 'an opening is told');
    await sendAll(sender, [{ channelId: 'discord', notice, attempts: 0, possibleRepeat: false }]);
    await sendAll(sender, deliveries(1));
    expect(recorded.map(({ state }) => state)).toEqual(['retrying', 'parked', 'sent']);
    expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(100);
  });

  it('repeats what cannot have landed without saying so', async () => {
    const { sender, requests } = given(noConnection);
    await sendAll(sender, deliveries(1));
    expect(requests[1]?.message.content).not.toContain('possible repeat');
  });

  it('gives up after eight failures', async () => {
    const { sender, requests, recorded } = given(...Array.from({ length: 8 }, () => answered(500)));
    expect(await sendAll(sender, deliveries(1))).toEqual(['fulfilled']);
    expect(requests).toHaveLength(8);
    expect(recorded.at(-1)).toMatchObject({ state: 'dead', reason: '500, after 8 tries' });
  });

  it('tells a refused alert in plain text, once', async () => {
    const refused = answered(400, { message: 'Invalid Form Body', code: 50_035 });
    const { sender, requests, recorded } = given(refused, refused);
    await sendAll(sender, deliveries(1));
    expect(requests.map(embeds)).toEqual([1, 0]);
    expect(recorded).toMatchObject([{ state: 'dead', reason: '400 Invalid Form Body (50035)' }]);
  });

  it('does not let one refused alert take others with it', async () => {
    const refused = answered(400);
    const { sender, requests, recorded } = given(refused, taken, refused, refused, taken);
    await sendAll(sender, deliveries(3));
    expect(requests.map(embeds)).toEqual([3, 1, 1, 0, 1]);
    expect(recorded.map(({ state, ids }) => [state, ...ids])).toEqual([
      ['sent', '0'],
      ['dead', '1'],
      ['sent', '2'],
    ]);
  });

  it('disables a channel that is gone, with all that waits for it, until it is changed', async () => {
    const gone = answered(404, { message: 'Unknown Webhook secret-token', code: 10_015 });
    const { sender, requests, recorded, disabled } = given(gone);
    expect(await sendAll(sender, deliveries(12))).toEqual(Array.from({ length: 12 }, () => 'fulfilled'));
    expect(disabled).toEqual(['u1.main:0000000012:0: 404 Unknown Webhook [redacted] (10015)']);
    expect(recorded).toMatchObject([
      { state: 'dead', reason: expect.stringContaining('the channel is disabled') },
    ]);
    expect(recorded[0]?.ids).toHaveLength(12);

    sender.use(channel);
    await sendAll(sender, deliveries(1));
    expect(requests).toHaveLength(1);

    const settings = { ...channel.settings, webhookToken: 'another' };
    sender.use({ ...channel, settings, updatedAt: Timestamp.fromMillis(2) });
    await sendAll(sender, deliveries(1));
    expect(requests[1]?.url).toContain('/another?');
    expect(recorded.at(-1)).toMatchObject({ state: 'sent' });
  });

  it('takes an answer without a receipt for a mistake', async () => {
    const { sender, requests, recorded } = given(answered(204));
    await sendAll(sender, deliveries(1));
    expect(requests).toHaveLength(1);
    expect(recorded).toMatchObject([{ state: 'dead', reason: 'Discord answered 204: no receipt' }]);
  });

  it('puts an alert in the place of an earlier message, alone and without a mark', async () => {
    const { sender, requests, recorded } = given(taken, timedOut);
    const [first, ...others] = deliveries(3);
    const replacing = { ...present(first), replaces: '7' };
    await sendAll(sender, [replacing, ...others]);
    expect(requests.map(({ method, url }) => [method, url.split('secret-token')[1]])).toEqual([
      ['PATCH', '/messages/7'],
      ['POST', '?wait=true'],
      ['POST', '?wait=true'],
    ]);
    await sendAll(sender, [{ ...replacing, isSilent: true }]);
    expect(requests.at(-1)?.message.flags).toBeUndefined();

    const cut = given(timedOut);
    await sendAll(cut.sender, [replacing]);
    expect(cut.requests.map(({ method }) => method)).toEqual(['PATCH', 'PATCH']);
    expect(cut.recorded.at(-1)).toMatchObject({ state: 'sent', possibleRepeat: false });
    expect(recorded).toMatchObject([
      { state: 'sent', ids: ['0'] },
      { state: 'retrying', ids: ['1', '2'] },
      { state: 'sent', ids: ['1', '2'] },
      { state: 'sent', ids: ['0'] },
    ]);
  });

  it('tells an alert anew when the message that it was to replace is no more', async () => {
    const deleted = answered(404, { message: 'Unknown Message', code: 10_008 });
    const { sender, requests, recorded, disabled } = given(deleted);
    await sendAll(sender, [{ ...present(deliveries(1)[0]), replaces: '7' }]);
    expect(requests.map(({ method }) => method)).toEqual(['PATCH', 'POST']);
    expect([disabled, recorded]).toMatchObject([[], [{ state: 'sent', possibleRepeat: false }]]);
  });

  it('leaves it at that when the message is no more that was only to be amended', async () => {
    const deleted = answered(404, { message: 'Unknown Message', code: 10_008 });
    const { sender, requests, disabled } = given(deleted);
    await sendAll(sender, [{ ...present(deliveries(1)[0]), replaces: '7', isAmendment: true }]);
    expect([requests.map(({ method }) => method), disabled]).toEqual([['PATCH'], []]);
  });

  it('records an outcome again when the store was away, and posts once', async () => {
    const { sender, requests, recorded, failWrites } = given();
    failWrites(4);
    expect(await sendAll(sender, deliveries(1))).toEqual(['fulfilled']);
    expect(requests).toHaveLength(1);
    expect(recorded).toMatchObject([{ state: 'sent' }]);
    failWrites(5);
    expect(await sendAll(sender, deliveries(1))).toEqual(['rejected']);
  });

  it('releases on close what no request has carried', async () => {
    const answer = Promise.withResolvers<HttpResult>();
    const { sender, requests, recorded } = given(answer.promise);
    const sending = sendAll(sender, deliveries(12));
    await new Promise(setImmediate);
    const closing = sender.close();
    answer.resolve(timedOut);
    await closing;
    expect(new Set(await sending)).toEqual(new Set(['rejected']));
    expect(requests.map(embeds)).toEqual([10]);
    expect(recorded.map(({ state, ids }) => [state, ids.length])).toEqual([
      ['retrying', 10],
      ['released', 2],
    ]);
    expect(await sendAll(sender, deliveries(1))).toEqual(['rejected']);
    expect(requests).toHaveLength(1);
  });
});
