import type { ChannelDocument, SealedChannelDocument } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readChannel } from '../channels/check-channel.ts';
import { parseChannelKeys } from './channel-keys.ts';
import { openChannel, sealChannel } from './seal-channel.ts';

const keyText = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const keys = parseChannelKeys(`2026:${keyText(1)}`, 'test');
const name = { tenant: 'acme', id: 'ops' };
const documents: readonly ChannelDocument[] = [
  { kind: 'discordWebhook', webhookId: '1', webhookToken: 'canary-token', status: 'active' },
  { kind: 'discordBot', channelId: '1', botToken: 'canary-token', status: 'active' },
  {
    kind: 'webhook',
    url: 'https://example.com/canary-token',
    secrets: [`whsec_${Buffer.from('canary-signing-secret-24-bytes').toString('base64')}`],
    status: 'disabled',
    disabledReason: 'by hand',
  },
  { kind: 'slack', url: 'https://hooks.slack.com/services/canary-token', status: 'active' },
  { kind: 'telegram', botToken: '4711:canary_token_0123456789_0123456789', chatId: '1', status: 'active' },
  {
    kind: 'email',
    host: 'mail.example.com',
    port: 587,
    security: 'startTls',
    username: 'u',
    password: 'canary-token',
    from: 'a@example.com',
    to: ['b@example.com'],
    status: 'active',
  },
];
const [first] = documents;
if (first === undefined) throw new Error('there are some');
const reading = { keys, allowed: 'none' } as const;

describe('the document of a channel', () => {
  it.each(documents.map((document) => [document.kind, document] as const))(
    'of the kind %s is sealed, and read as it was',
    (_kind, document) => {
      const sealed = sealChannel(document, name, keys);
      expect(readChannel(sealed, name, reading)).toEqual({ kind: 'valid', channel: document });
      const stored = JSON.stringify(sealed);
      for (const secret of ['canary', Buffer.from('canary').toString('hex')])
        expect(stored).not.toContain(secret);
      expect(sealed).toMatchObject({ kind: document.kind, status: document.status });
    },
  );

  it('is read in clear as before', () => {
    expect(readChannel(first, name, { ...reading, keys: { byId: new Map() } })).toEqual({
      kind: 'valid',
      channel: first,
    });
  });

  it('is never sealed alike twice', () => {
    expect(sealChannel(first, name, keys).sealed).not.toBe(sealChannel(first, name, keys).sealed);
  });

  it('is read with any key that is given, and sealed with the first', () => {
    const rotated = parseChannelKeys(`2027:${keyText(2)}\n2026:${keyText(1)}`, 'test');
    const before = sealChannel(first, name, keys);
    expect(openChannel(before, name, rotated)).toEqual(first);
    expect(sealChannel(first, name, rotated).sealed).toMatch(/^1\.2027\./);
  });

  it('says which key it lacks, and needs one to be sealed', () => {
    const others = parseChannelKeys(`2027:${keyText(1)}`, 'test');
    expect(readChannel(sealChannel(first, name, keys), name, { ...reading, keys: others })).toEqual({
      kind: 'invalid',
      problems:
        'its secrets are sealed with the key "2026", which neither CHANNEL_KEYS nor CHANNEL_KEYS_FILE holds',
    });
    expect(() => sealChannel(first, name, { byId: new Map() })).toThrow(
      'set CHANNEL_KEYS or CHANNEL_KEYS_FILE',
    );
  });

  it.each<[string, (sealed: SealedChannelDocument) => unknown]>([
    ['of another tenant', (sealed) => openChannel(sealed, { ...name, tenant: 'other' }, keys)],
    ['of another channel', (sealed) => openChannel(sealed, { ...name, id: 'other' }, keys)],
    ['of another kind', (sealed) => openChannel({ ...sealed, kind: 'slack' }, name, keys)],
    [
      'with another key of that id',
      (sealed) => openChannel(sealed, name, parseChannelKeys(`2026:${keyText(9)}`, 'test')),
    ],
    ['cut off', (sealed) => openChannel({ ...sealed, sealed: sealed.sealed.slice(0, 20) }, name, keys)],
  ])('does not open %s', (_what, open) => {
    expect(() => open(sealChannel(first, name, keys))).toThrow('were not sealed with the key "2026"');
  });

  it('does not open with a bit of it changed', () => {
    const { sealed, ...rest } = sealChannel(first, name, keys);
    const [version, id, text = ''] = sealed.split('.');
    const bytes = Buffer.from(text, 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const other = { ...rest, sealed: `${version}.${id}.${changed.toString('base64url')}` };
        expect(() => openChannel(other, name, keys)).toThrow('or were changed since');
      }),
    );
  });
});
