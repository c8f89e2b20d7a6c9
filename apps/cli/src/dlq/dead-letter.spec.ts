import { describe, expect, it } from '@jest/globals';
import { causeOf, idOf, parseId } from './dead-letter.ts';

describe('the id of a dead letter', () => {
  it.each([
    'delivery:acme:ann.main:0000000012:1_discord',
    'delivery:acme:ann.main:0000000012:1:old_channel-2',
    'message:notifier.events:12345',
    'message:executor.ticks-00:12345',
  ])('%s reads as it is written', (text) => {
    expect(idOf(parseId(text))).toBe(text);
  });

  it('splits the event from its channel', () => {
    expect(parseId('delivery:acme:ann.main:0000000012:1_discord')).toEqual({
      source: 'delivery',
      tenant: 'acme',
      eventId: 'ann.main:0000000012:1',
      channelId: 'discord',
    });
  });

  it.each(['', 'x', 'delivery:acme', 'delivery:acme:x/y_z', 'message:a', 'message:a:b/c', 'alert:a:b'])(
    'is not "%s"',
    (text) => {
      expect(() => parseId(text)).toThrow('is no dead letter');
    },
  );
});

describe('the cause of dead letters', () => {
  it.each([
    ['503, after 8 tries', '503, after 8 tries'],
    [
      'the channel is disabled: 404 Unknown Webhook (10015)',
      'the channel is disabled: 404 Unknown Webhook (10015)',
    ],
    ['no account ann.main:0000000012:1 at 1795252613123', 'no account # at #'],
    ['hash 0123456789abcdef0123456789abcdef differs', 'hash # differs'],
    ['x'.repeat(500), 'x'.repeat(200)],
  ])('of "%s"', (reason, cause) => {
    expect(causeOf(reason)).toBe(cause);
  });
});
