import { describe, expect, it } from '@jest/globals';
import { openGate } from '../channels/gate.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import type { HttpRequest, HttpResult } from '../http/send-http.ts';
import { renderMessage, renderPlainText } from '../messages/render-message.ts';
import { referenceOf } from '../messages/reference.ts';
import { closed, noticeOf } from '../notices/notice.builder.ts';
import { DiscordBot } from './discord-bot.ts';
import { nonceOf } from './nonce.ts';

const alert: Delivery = {
  channelId: 'ops',
  notice: noticeOf(closed()),
  attempts: 1,
  possibleRepeat: true,
};
const now = alert.notice.committedAt + 3_600_000;
const stamp = '2026-11-21T09:16:53.123456+00:00';

function answered(status: number, body: unknown): HttpResult {
  return { kind: 'answered', answer: { status, header: () => undefined, body: JSON.stringify(body) } };
}
const posted = answered(200, { id: '42', timestamp: stamp });
const stands = { id: '41', timestamp: stamp, ...renderMessage([{ ...alert, possibleRepeat: false }]) };
const others = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: String(2_000_000_000_000_000_000n + BigInt(index)),
    timestamp: stamp,
    content: referenceOf({ ...alert.notice, eventId: `${alert.notice.eventId}0` }),
    embeds: [],
  }));

/** A bot, and the requests that it makes of a Discord that answers so. */
function given(...answers: readonly HttpResult[]) {
  const script = [...answers];
  const requests: (Pick<HttpRequest, 'method' | 'url'> & { body: Record<string, unknown> | undefined })[] =
    [];
  const bot = new DiscordBot(
    { kind: 'discordBot', channelId: '7', botToken: 'abc.def' },
    {
      apiBase: 'http://discord/api/v10',
      clock: { now: () => now },
      gateOf: () => openGate,
      send: async ({ method, url, headers, body }) => {
        expect(headers?.['authorization']).toBe('Bot abc.def');
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the bot writes objects
        const said = typeof body === 'string' ? (JSON.parse(body) as Record<string, unknown>) : undefined;
        requests.push({ method, url, body: said });
        return Promise.resolve(script.shift() ?? posted);
      },
    },
  );
  const signal = new AbortController().signal;
  const tell = async (doubtedSince?: number) =>
    bot.tell([alert], { form: 'rich', signal, ...(doubtedSince === undefined ? {} : { doubtedSince }) });
  return { bot, tell, requests, signal };
}

describe('a bot of Discord', () => {
  it('tells an alert under its own nonce, and says that it stands once', async () => {
    const { tell, requests } = given();
    expect(await tell()).toMatchObject({ outcome: { kind: 'sent', messageId: '42', isOnce: true } });
    const [request] = requests;
    expect(request).toMatchObject({ method: 'POST', url: 'http://discord/api/v10/channels/7/messages' });
    expect(request?.body).toMatchObject({
      content: '[SHADOW] BTC-USDT long closed by stop -42.1 USDT',
      nonce: nonceOf(alert.notice.eventId, 'ops'),
      enforce_nonce: true,
      allowed_mentions: { parse: [] },
    });
  });

  it('trusts the nonce for a minute', async () => {
    const { tell, requests } = given();
    await tell(now - 60_000);
    expect(requests.map(({ method }) => method)).toEqual(['POST']);
  });

  it('reads the channel first when the nonce may be forgotten, and repeats nothing that it finds', async () => {
    const { tell, requests } = given(answered(200, [...others(3), stands]));
    expect(await tell(now - 60_001)).toEqual({
      outcome: { kind: 'sent', messageId: '41', sentAt: 1_795_252_613_123.456, isOnce: true },
    });
    expect(requests).toHaveLength(1);
    const after = /\?after=(\d+)&limit=100$/.exec(requests[0]?.url ?? '')?.[1] ?? '';
    expect(Number(BigInt(after) >> 22n) + 1_420_070_400_000).toBe(
      Math.floor(alert.notice.committedAt - 60_000),
    );
  });

  it('finds what it has told in plain text', async () => {
    const plain = { id: '41', timestamp: stamp, embeds: [], ...renderPlainText(alert) };
    const { tell } = given(answered(200, [plain]));
    expect(await tell(0)).toMatchObject({ outcome: { messageId: '41' } });
  });

  it('reads on until it has seen every message', async () => {
    const { tell, requests } = given(answered(200, others(100)), answered(200, [stands]));
    expect(await tell(0)).toMatchObject({ outcome: { messageId: '41' } });
    expect(requests[1]?.url).toContain('?after=2000000000000000099&');
  });

  it('tells what is not there', async () => {
    const { tell, requests } = given(answered(200, others(3)));
    expect(await tell(0)).toMatchObject({ outcome: { kind: 'sent', messageId: '42', isOnce: true } });
    expect(requests.at(-1)?.body?.['content']).not.toContain('possible repeat');
  });

  it.each([
    ['a channel that it may not read', [answered(403, { message: 'Missing Access', code: 50_001 })]],
    ['a channel that says too much', Array.from({ length: 10 }, () => answered(200, others(100)))],
  ])('marks what it tells on %s', async (_, answers) => {
    const { tell, requests } = given(...answers);
    expect(await tell(0)).toMatchObject({ outcome: { kind: 'sent', isOnce: false } });
    expect(requests.at(-1)?.body?.['content']).toContain('possible repeat');
  });

  it.each<[string, HttpResult, object]>([
    ['500', answered(500, {}), { kind: 'unreachable', reason: 'cannot read the channel: 500' }],
    [
      'no list',
      answered(200, 'x'),
      { kind: 'unreachable', reason: 'cannot read the channel: 200 without a message' },
    ],
    ['429', answered(429, { retry_after: 2 }), { kind: 'throttled', retryAfterMs: 2_000, scope: 'user' }],
    [
      '404',
      answered(404, { message: 'Unknown Channel', code: 10_003 }),
      { kind: 'gone', reason: '404 Unknown Channel (10003)' },
    ],
    [
      'a timeout',
      { kind: 'failed', reason: 'TimeoutError', mayHaveArrived: true },
      { kind: 'unreachable', reason: 'cannot read the channel: TimeoutError' },
    ],
  ])('tells nothing while its reading is answered %s', async (_, answer, outcome) => {
    const { tell, requests } = given(answer);
    expect(await tell(0)).toMatchObject({ outcome });
    expect(requests).toHaveLength(1);
  });

  it('edits a message in place', async () => {
    const { bot, requests, signal } = given();
    await bot.edit('41', { ...alert, isSilent: true }, { form: 'rich', signal });
    expect(requests).toMatchObject([
      { method: 'PATCH', url: 'http://discord/api/v10/channels/7/messages/41' },
    ]);
    expect(requests[0]?.body).not.toHaveProperty('flags');
    expect(requests[0]?.body).toHaveProperty('allowed_mentions');
  });
});
