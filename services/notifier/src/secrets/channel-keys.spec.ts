import { describe, expect, it } from '@jest/globals';
import { parseChannelKeys, readChannelKeys } from './channel-keys.ts';

const key = Buffer.alloc(32, 7).toString('base64');

describe('the keys that seal channels', () => {
  it('are none, or those of the variable, the first of which seals', () => {
    expect(readChannelKeys({})).toEqual({ byId: new Map() });
    const { current, byId } = readChannelKeys({ CHANNEL_KEYS: `new:${key}, old:${key}` });
    expect(current?.id).toBe('new');
    expect([...byId.keys()]).toEqual(['new', 'old']);
  });

  it.each([
    ['no id', `:${key}`, 'test: key 1 must be an id'],
    ['no colon', key, 'test: key 1 must be an id'],
    ['too short', `a:${Buffer.alloc(16).toString('base64')}`, 'test: key 1 must be an id'],
    ['one too many', `a:${key}:x`, 'test: key 1 must be an id'],
    ['a strange id', `a:${key},b.c:${key}`, 'test: key 2 must be an id'],
    ['twice the same', `a:${key},a:${key}`, 'test: key 2 has the id of one before it, a'],
    ['nothing', ' \n', 'test: holds no key'],
  ])('are refused with %s, without saying them', (_what, text, message) => {
    const read = () => parseChannelKeys(text, 'test');
    expect(read).toThrow(message);
    expect(read).not.toThrow(key);
  });

  it('say which file cannot be read', () => {
    expect(() => readChannelKeys({ CHANNEL_KEYS_FILE: '/nowhere/keys' })).toThrow(
      'CHANNEL_KEYS_FILE: /nowhere/keys cannot be read',
    );
  });
});
