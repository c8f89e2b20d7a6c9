import { describe, expect, it } from '@jest/globals';
import { checkSpeed } from './check-speed.ts';

describe('the speed of a tape', () => {
  it.each(['1', '0.5', '1000'])('may be %s', (text) => {
    expect(() => checkSpeed(text, { orMax: false })).not.toThrow();
  });

  it('may be as fast as possible only where that is offered', () => {
    expect(() => checkSpeed('max', { orMax: true })).not.toThrow();
    expect(() => checkSpeed('max', { orMax: false })).toThrow('--speed: must be a number above 0, not "max"');
  });

  it.each(['0', '-1', 'fast', '', 'Infinity', '1e400', 'NaN'])('is not "%s"', (text) => {
    expect(() => checkSpeed(text, { orMax: true })).toThrow(
      `--speed: must be "max" or a number above 0, not "${text}"`,
    );
  });
});
