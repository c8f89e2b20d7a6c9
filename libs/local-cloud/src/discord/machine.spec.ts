import { describe, expect, it } from '@jest/globals';
import { emptyState, messagesAfter, step } from './machine.ts';
import type { DiscordState, WebhookRequest } from './machine.ts';

const noon = 1_795_262_400_000_000n; // 2026-11-21T12:00:00Z

function execute(body: unknown, wait = true): WebhookRequest {
  return { webhookId: '42', token: 'secret', action: { type: 'execute', wait, body } };
}

function on(type: 'get' | 'delete', messageId: string): WebhookRequest {
  return { webhookId: '42', token: 'secret', action: { type, messageId } };
}

function editOf(messageId: string, body: unknown): WebhookRequest {
  return { webhookId: '42', token: 'secret', action: { type: 'edit', messageId, body } };
}

function post(state: DiscordState, content: string, now = noon): string {
  step(state, execute({ content }), now);
  return messagesAfter(state, { after: '0', limit: 1000 }).at(-1)?.id ?? '';
}

function bodyOf(body: unknown): unknown {
  return step(emptyState(undefined), execute(body), noon).reply.body;
}

function tooLong(limit: number) {
  return [{ code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${limit} or fewer in length.` }];
}

describe('execute', () => {
  it('answers the message when the caller waits', () => {
    const { reply } = step(emptyState(undefined), execute({ content: ' hello ' }), noon + 123_456n);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      id: expect.stringMatching(/^\d{19}$/),
      channel_id: '42',
      webhook_id: '42',
      content: 'hello',
      embeds: [],
      timestamp: '2026-11-21T12:00:00.123456+00:00',
      edited_timestamp: null,
    });
  });

  it('answers nothing when the caller does not wait, and keeps the message all the same', () => {
    const state = emptyState(undefined);
    const { reply } = step(state, execute({ content: 'hello' }, false), noon);
    expect(reply).toMatchObject({ status: 204 });
    expect(reply.body).toBeUndefined();
    expect(messagesAfter(state, { after: '0', limit: 10 })).toHaveLength(1);
  });

  it('gives ids in the order of the posts, within one millisecond too', () => {
    const state = emptyState(undefined);
    const ids = ['a', 'b', 'c'].map((content, index) => BigInt(post(state, content, noon + BigInt(index))));
    expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(ids).size).toBe(3);
  });

  it('pings everyone unless the post forbids it', () => {
    const content = '@everyone <@&7> sell';
    expect(bodyOf({ content })).toMatchObject({ mention_everyone: true, mention_roles: ['7'] });
    expect(bodyOf({ content, allowed_mentions: { parse: [] } })).toMatchObject({
      mention_everyone: false,
      mention_roles: [],
    });
    expect(bodyOf({ content, allowed_mentions: { parse: [], roles: ['7'] } })).toMatchObject({
      mention_everyone: false,
      mention_roles: ['7'],
    });
  });

  it.each([{}, { content: '  ' }, { embeds: [] }, { embeds: [{ color: 1 }] }])(
    'refuses the empty %j',
    (body) => {
      expect(bodyOf(body)).toEqual({ message: 'Cannot send an empty message', code: 50006 });
    },
  );
});

describe('limits', () => {
  const field = { name: 'n', value: 'v' };

  it.each([
    [{ content: 'x'.repeat(2000) }],
    [{ content: '😀'.repeat(2000) }],
    [{ embeds: Array.from({ length: 10 }, () => ({ title: 't' })) }],
    [{ embeds: [{ title: 'x'.repeat(256), description: 'x'.repeat(4096) }] }],
    [{ embeds: [{ fields: Array.from({ length: 25 }, () => field), footer: { text: 'x'.repeat(2048) } }] }],
    [{ embeds: [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1904) }] }],
  ])('takes what just fits (%#)', (body) => {
    expect(bodyOf(body)).toHaveProperty('id');
  });

  it.each([
    ['content', { content: 'x'.repeat(2001) }, { content: { _errors: tooLong(2000) } }],
    [
      'embeds',
      { embeds: Array.from({ length: 11 }, () => ({ title: 't' })) },
      { embeds: { _errors: tooLong(10) } },
    ],
    [
      'title',
      { embeds: [{ title: 'x'.repeat(257) }] },
      { embeds: { 0: { title: { _errors: tooLong(256) } } } },
    ],
    [
      'description',
      { embeds: [{ description: 'x'.repeat(4097) }] },
      { embeds: { 0: { description: { _errors: tooLong(4096) } } } },
    ],
    [
      'fields',
      { embeds: [{ fields: Array.from({ length: 26 }, () => field) }] },
      { embeds: { 0: { fields: { _errors: tooLong(25) } } } },
    ],
    [
      'field name and value',
      { embeds: [{ fields: [field, { name: 'x'.repeat(257), value: 'x'.repeat(1025) }] }] },
      {
        embeds: {
          0: { fields: { 1: { name: { _errors: tooLong(256) }, value: { _errors: tooLong(1024) } } } },
        },
      },
    ],
    [
      'footer',
      { embeds: [{ footer: { text: 'x'.repeat(2049) } }] },
      { embeds: { 0: { footer: { text: { _errors: tooLong(2048) } } } } },
    ],
    [
      'all embeds together',
      { embeds: [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1905) }] },
      {
        embeds: {
          _errors: [{ code: 'MAX_EMBED_SIZE_EXCEEDED', message: 'Embed size exceeds maximum size of 6000' }],
        },
      },
    ],
    [
      'a field without its value',
      { embeds: [{ fields: [{ name: 'n' }] }] },
      {
        embeds: {
          0: {
            fields: {
              0: { value: { _errors: [{ code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }] } },
            },
          },
        },
      },
    ],
    [
      'a url that is none',
      { embeds: [{ title: 't', url: 'console' }] },
      {
        embeds: {
          0: { url: { _errors: [{ code: 'URL_TYPE_INVALID_URL', message: 'Not a well formed URL.' }] } },
        },
      },
    ],
  ])('names the breach of %s', (_, body, errors) => {
    const answered: unknown = JSON.parse(JSON.stringify(bodyOf(body)));
    expect(answered).toEqual({ message: 'Invalid Form Body', code: 50035, errors });
  });
});

describe('a message', () => {
  it('is read, edited and deleted by its own webhook only', () => {
    const state = emptyState(undefined);
    const id = post(state, 'opened');
    const unknown = { status: 404, body: { message: 'Unknown Message', code: 10008 } };
    expect(step(state, { ...on('get', id), webhookId: '43' }, noon).reply).toMatchObject(unknown);
    expect(step(state, { ...on('get', id), threadId: '9' }, noon).reply).toMatchObject(unknown);

    step(state, editOf(id, { embeds: [{ title: 'closed' }] }), noon + 1n);
    expect(step(state, on('get', id), noon).reply.body).toMatchObject({
      content: 'opened',
      embeds: [{ title: 'closed', type: 'rich' }],
      edited_timestamp: '2026-11-21T12:00:00.000001+00:00',
    });
    step(state, editOf(id, { content: null }), noon + 2n);
    expect(step(state, on('get', id), noon).reply.body).toMatchObject({ content: '' });
    expect(step(state, editOf(id, { embeds: [] }), noon + 3n).reply).toMatchObject({ status: 400 });

    expect(step(state, on('delete', id), noon).reply.status).toBe(204);
    expect(step(state, on('get', id), noon).reply).toMatchObject(unknown);
  });

  it('is listed after the one that the reader saw last', () => {
    const state = emptyState(undefined);
    const [first = '', second = '', third = ''] = ['a', 'b', 'c'].map((content) => post(state, content));
    step(state, on('delete', second), noon);
    const listed = (after: string, limit: number) =>
      messagesAfter(state, { after, limit }).map(({ id }) => id);
    expect(listed('0', 10)).toEqual([first, third]);
    expect(listed('0', 1)).toEqual([first]);
    expect(listed(second, 10)).toEqual([third]);
    expect(listed(third, 10)).toEqual([]);
  });
});

describe('rate limit', () => {
  const rateLimit = { requests: 2, windowMicros: 2_000_000n };

  it('answers 429 with the time to wait, and allows again after it', () => {
    const state = emptyState(rateLimit);
    expect(step(state, execute({ content: 'a' }), noon).reply.headers).toMatchObject({
      'X-RateLimit-Limit': '2',
      'X-RateLimit-Remaining': '1',
      'X-RateLimit-Reset': '1795262402.000',
      'X-RateLimit-Reset-After': '2.000',
    });
    step(state, execute({ content: 'b' }), noon);
    const refused = step(state, execute({ content: 'c' }), noon + 500_000n);
    expect(refused).toEqual({
      reply: {
        status: 429,
        headers: expect.objectContaining({
          'Retry-After': '2',
          'X-RateLimit-Scope': 'user',
          'X-RateLimit-Remaining': '0',
        }),
        body: { message: 'You are being rate limited.', retry_after: 1.5, global: false },
      },
    });
    expect(step(state, execute({ content: 'c' }), noon + 2_000_000n).reply.status).toBe(200);
    expect(messagesAfter(state, { after: '0', limit: 10 })).toHaveLength(3);
  });

  it('counts each webhook alone', () => {
    const state = emptyState(rateLimit);
    for (const webhookId of ['1', '1', '2', '2']) {
      const { reply } = step(state, { ...execute({ content: 'a' }), webhookId }, noon);
      expect(reply.status).toBe(200);
    }
    expect(step(state, { ...execute({ content: 'a' }), webhookId: '1' }, noon).reply.status).toBe(429);
  });

  it('is off without a limit', () => {
    const state = emptyState(undefined);
    const statuses = Array.from(
      { length: 100 },
      () => step(state, execute({ content: 'a' }), noon).reply.status,
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('files', () => {
  const chart = { key: '0', name: 'profit chart.png', type: 'image/png', size: 3, sha256: 'ab' };
  const posted = (state: DiscordState, body: unknown) =>
    step(state, { ...execute(body), action: { type: 'execute', wait: true, body, files: [chart] } }, noon)
      .reply;

  it('come with their descriptions, and embeds show them', () => {
    const body = {
      embeds: [{ title: 't', image: { url: 'attachment://profit_chart.png' } }],
      attachments: [{ id: 0, description: 'profit by day' }],
    };
    const { body: message } = posted(emptyState(undefined), body);
    const url = expect.stringMatching(
      /^https:\/\/cdn\.discordapp\.com\/attachments\/42\/\d+\/profit_chart\.png/,
    );
    expect(message).toMatchObject({
      attachments: [
        {
          filename: 'profit_chart.png',
          size: 3,
          content_type: 'image/png',
          description: 'profit by day',
          url,
        },
      ],
      embeds: [{ title: 't', image: { url } }],
    });
  });

  it('are enough for a message, and go when an edit leaves them out', () => {
    const state = emptyState(undefined);
    expect(posted(state, {}).status).toBe(200);
    const id = messagesAfter(state, { after: '0', limit: 1 })[0]?.id ?? '';
    const edit = (body: unknown) => step(state, editOf(id, body), noon).reply;
    expect(edit({ content: 'x' }).body).toMatchObject({ attachments: [{ size: 3 }] });
    expect(edit({ attachments: [] }).body).toMatchObject({ content: 'x', attachments: [] });
    expect(edit({ content: '', attachments: [] }).status).toBe(400);
  });
});

describe('webhooks and their channels', () => {
  const known = [
    { id: '42', token: 'secret' },
    { id: '7', token: 'secret', isForum: true },
  ];
  const inForum = { webhookId: '7' };
  const thread = { thread_name: 'BTC-USDT' };

  it.each<[about: string, request: Partial<WebhookRequest>, body: object, status: number, answer: unknown]>([
    ['a webhook that is known', {}, {}, 200, expect.objectContaining({ channel_id: '42' })],
    ['no such webhook', { webhookId: '43' }, {}, 404, expect.objectContaining({ code: 10015 })],
    ['a rotated token', { token: 'old' }, {}, 401, expect.objectContaining({ code: 50027 })],
    ['a thread of the channel', { threadId: '99' }, {}, 200, expect.objectContaining({ channel_id: '99' })],
    ['a new thread outside of a forum', {}, thread, 400, expect.objectContaining({ code: 220_003 })],
    [
      'a new thread in a forum',
      inForum,
      thread,
      200,
      expect.objectContaining({ thread: expect.objectContaining({ name: 'BTC-USDT', parent_id: '7' }) }),
    ],
    [
      'a thread of the forum',
      { ...inForum, threadId: '99' },
      {},
      200,
      expect.objectContaining({ channel_id: '99' }),
    ],
    ['neither in a forum', inForum, {}, 400, expect.objectContaining({ code: 220_001 })],
    [
      'both in a forum',
      { ...inForum, threadId: '99' },
      thread,
      400,
      expect.objectContaining({ code: 220_002 }),
    ],
    [
      'components that nobody insists on',
      {},
      { components: [{ type: 1 }] },
      200,
      expect.objectContaining({ components: [] }),
    ],
    [
      'components that are to be shown',
      { withComponents: true },
      { components: [{ type: 1 }] },
      400,
      expect.objectContaining({ code: 0 }),
    ],
    [
      'a message of components',
      { withComponents: true },
      { flags: 1 << 15, components: [] },
      400,
      expect.objectContaining({ code: 0 }),
    ],
  ])('%s', (_, request, body, status, answer) => {
    const state = emptyState(undefined, undefined, known);
    const { reply } = step(state, { ...execute({ content: 'x', ...body }), ...request }, noon);
    expect(reply).toMatchObject({ status, body: answer });
  });

  it('take threads and forum posts alike where no webhook is named', () => {
    const state = emptyState(undefined);
    const first = step(state, execute({ content: 'x', ...thread }), noon).reply.body;
    const [message] = messagesAfter(state, { after: '0', limit: 1 });
    expect(first).toMatchObject({ id: message?.id, channel_id: message?.id });
    step(state, { ...execute({ content: 'y' }), threadId: message?.id }, noon);
    expect(messagesAfter(state, { after: '0', limit: 9, channelId: message?.id ?? '' })).toHaveLength(2);
    expect(messagesAfter(state, { after: '0', limit: 9, webhookId: '41' })).toEqual([]);
  });
});
