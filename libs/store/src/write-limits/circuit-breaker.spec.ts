import { beforeEach, describe, expect, it } from '@jest/globals';
import { CircuitBreaker } from './circuit-breaker.ts';

describe('the circuit breaker', () => {
  let breaker: CircuitBreaker;
  beforeEach(() => {
    breaker = new CircuitBreaker(5_000);
  });

  const exhausted = (sentAt: number, now = sentAt) => breaker.answered({ sentAt, isExhausted: true }, now);
  const written = (sentAt: number, now = sentAt) => breaker.answered({ sentAt, isExhausted: false }, now);
  const allowed = () => [breaker.allows('command'), breaker.allows('background')];

  it('allows everything while writes succeed', () => {
    expect(written(0)).toBeUndefined();
    expect([breaker.state, ...allowed(), breaker.probesAt]).toEqual(['closed', true, true, undefined]);
  });

  it('sheds background work first', () => {
    expect(exhausted(0, 10)).toEqual({ from: 'closed', to: 'shedsBackground' });
    expect([...allowed(), breaker.probesAt]).toEqual([true, false, 5_010]);
  });

  it('sheds commands, too, when that does not help', () => {
    exhausted(0);
    expect([exhausted(-500, 1_500), exhausted(999)]).toEqual([undefined, undefined]);
    expect(exhausted(1_000)).toEqual({ from: 'shedsBackground', to: 'shedsCommands' });
    expect([...allowed(), breaker.probesAt]).toEqual([false, false, 6_000]);
  });

  it('stays open whatever executions meet, until the cool-down is over', () => {
    exhausted(0);
    exhausted(1_000);
    expect([written(2_000), exhausted(3_000), breaker.advance(5_999)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(breaker.advance(6_000)).toEqual({ from: 'shedsCommands', to: 'probing' });
    expect([breaker.isProbing, ...allowed(), breaker.probesAt]).toEqual([true, true, true, undefined]);
  });

  it('closes when what was sent after the cool-down is written', () => {
    exhausted(0);
    breaker.advance(5_000);
    expect(written(4_999, 5_001)).toBeUndefined();
    expect(written(5_000, 5_010)).toEqual({ from: 'probing', to: 'closed' });
    expect([...allowed(), breaker.opened]).toEqual([true, true, 1]);
  });

  it('sheds the same again, for twice as long up to a minute, when a probe fails', () => {
    exhausted(0);
    exhausted(1_000);
    let now = 6_000;
    for (const coolDownMs of [10_000, 20_000, 40_000, 60_000, 60_000]) {
      breaker.advance(now);
      expect(exhausted(now)).toEqual({ from: 'probing', to: 'shedsCommands' });
      now += coolDownMs;
      expect([breaker.advance(now - 1), breaker.probesAt]).toEqual([undefined, now]);
    }
    breaker.advance(now);
    written(now);
    exhausted(now + 1);
    expect([breaker.state, breaker.probesAt]).toEqual(['shedsBackground', now + 5_001]);
  });
});
