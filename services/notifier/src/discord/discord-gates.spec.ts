import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../channels/outcome.ts';
import { DiscordGates } from './discord-gates.ts';

const everybody: Outcome = { kind: 'throttled', retryAfterMs: 2_000, scope: 'global' };
const gone: Outcome = { kind: 'gone', reason: '401' };

function given() {
  return new DiscordGates({
    clock: { now: () => 1_000 },
    sleep: async () => Promise.resolve(),
    logger: createLogger({ service: 'notifier', level: 'silent' }),
  });
}

describe('the gates before Discord', () => {
  it('close for a bot, or for webhooks, where that alone is limited', () => {
    const gates = given();
    gates.ofBot('b1').note(everybody);
    expect([gates.ofBot('b1').closedUntil, gates.ofBot('b2').closedUntil]).toEqual([3_000, 0]);
    expect(gates.ofWebhooks.closedUntil).toBe(0);
  });

  it('close all at too many invalid answers to any', () => {
    const gates = given();
    for (let count = 0; count < 500; count += 1) {
      gates.ofBot(`b${count % 3}`).note(gone);
      gates.ofWebhooks.note(gone);
    }
    expect(gates.ofWebhooks.closedUntil).toBe(601_000);
    expect(gates.ofBot('new').closedUntil).toBe(601_000);
  });
});
