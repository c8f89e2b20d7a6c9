import { describe, expect, it } from '@jest/globals';
import { readPulseConfig } from './config.ts';

describe("the pulse's environment", () => {
  it('has a default for everything', () => {
    expect(readPulseConfig({})).toEqual({ shards: 2, port: 0 });
    expect(readPulseConfig({ SHARDS: '8', PULSE_PORT: '8790' })).toEqual({ shards: 8, port: 8_790 });
  });

  it.each([
    ['SHARDS', '0'],
    ['PULSE_PORT', '70000'],
    ['PULSE_PORT', 'any'],
  ])('refuses %s=%s, and names it', (name, value) => {
    expect(() => readPulseConfig({ [name]: value })).toThrow(name);
  });
});
