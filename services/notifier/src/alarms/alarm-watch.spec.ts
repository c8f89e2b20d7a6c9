import type { AlarmDocument } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import type { Reading } from './alarm.ts';
import { AlarmWatch } from './alarm-watch.ts';

const reading = (changes: Partial<Reading> = {}): Reading => ({
  name: 'feed-01',
  isRaised: true,
  severity: 'critical',
  headline: 'no ticks',
  details: [],
  over: 'ticks again',
  ...changes,
});

function given({ channels = 1, failures = 0 } = {}) {
  const stored = new Map<string, AlarmDocument>();
  const told: string[] = [];
  const readings: Reading[] = [];
  let looks = 0;
  let left = failures;
  const watch = new AlarmWatch({
    readings: async () => {
      looks += 1;
      return Promise.resolve(readings);
    },
    read: async (path) => Promise.resolve(stored.get(path)),
    write: async (path, document) => Promise.resolve(stored.set(path, document)),
    channelsOf: async (tenant) =>
      Promise.resolve(Array.from({ length: channels }, (_, i) => channelOf(`c${i}`, { tenant }))),
    deliver: async ({ eventId, tenant, event }, { id }) => {
      left -= 1;
      if (left >= 0) throw new Error('closing');
      const said = event.type === 'Told' ? `${event.of} ${event.severity} ${event.headline}` : '';
      told.push(`${tenant}/${id} ${eventId}: ${said}`);
      return Promise.resolve();
    },
    operators: 'ops',
    clock: { now: () => 5 },
  });
  return { watch, stored, told, readings, looks: () => looks };
}

describe('the watch of what operators look after', () => {
  it('tells what is wrong once, and once that it is over', async () => {
    const { watch, told, readings } = given();
    readings.push(reading());
    await watch.look();
    await watch.look();
    readings[0] = reading({ isRaised: false });
    await watch.look();
    await watch.look();
    readings[0] = reading();
    await watch.look();
    expect(told).toEqual([
      'ops/c0 alarm:feed-01:1:raised: AlarmRaised critical no ticks',
      'ops/c0 alarm:feed-01:1:cleared: AlarmCleared success ticks again',
      'ops/c0 alarm:feed-01:2:raised: AlarmRaised critical no ticks',
    ]);
  });

  it('tells it again, under the same name, where it could not be told', async () => {
    const { watch, told, readings, stored } = given({ channels: 2, failures: 1 });
    readings.push(reading());
    await expect(watch.look()).rejects.toThrow('closing');
    expect(stored.size).toBe(0);
    await watch.look();
    expect(new Set(told)).toEqual(
      new Set([
        'ops/c0 alarm:feed-01:1:raised: AlarmRaised critical no ticks',
        'ops/c1 alarm:feed-01:1:raised: AlarmRaised critical no ticks',
      ]),
    );
  });

  it('does not look where operators have no channel', async () => {
    const { watch, looks } = given({ channels: 0 });
    await watch.look();
    expect(looks()).toBe(0);
  });
});
