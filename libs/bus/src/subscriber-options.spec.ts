import { describe, expect, it } from '@jest/globals';
import { subscriberOptionsOf } from './subscriber-options.ts';

describe('subscriberOptionsOf', () => {
  const consumption = { subscription: 'history.events', pattern: 'commit' };

  it('leases a message for ten minutes unless its handler may take longer', () => {
    expect(subscriberOptionsOf(consumption).maxExtensionTime?.totalOf('minute')).toBe(10);
    const patient = subscriberOptionsOf({ ...consumption, longestHandlingMs: 90_000_000 });
    expect(patient.maxExtensionTime?.totalOf('hour')).toBe(25);
  });

  it('leases no more than what may be outstanding', () => {
    const options = subscriberOptionsOf({ ...consumption, maxMessages: 7, maxBytes: 9 });
    expect(options.flowControl).toEqual({ maxMessages: 7, maxBytes: 9, allowExcessMessages: false });
  });
});
