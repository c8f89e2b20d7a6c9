import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import { TellSummaries, type WantedSummary } from './tell-summaries.ts';

const wanted: WantedSummary = {
  tenant: 't1',
  id: 'daily',
  period: 'day',
  zone: 'UTC',
  at: '08:00',
  wantedSince: Date.parse('2026-11-20T00:00:00Z'),
};

function given(summaries: readonly WantedSummary[] = [wanted]) {
  const told: string[] = [];
  const claimed = new Set<string>();
  let summarised = 0;
  const world = { now: 0, fails: false };
  const tell = new TellSummaries({
    wanted: () => summaries,
    channelsOf: async (tenant) => Promise.resolve([channelOf('a', { tenant }), channelOf('b', { tenant })]),
    isClaimed: async (tenant, eventId, channelId) =>
      Promise.resolve(claimed.has(`${tenant} ${eventId}_${channelId}`)),
    summarise: async () => {
      if (world.fails) throw new Error('away');
      summarised += 1;
      return Promise.resolve({ severity: 'info', headline: 'h', details: [] });
    },
    deliver: async ({ eventId, event, committedAt, tenant }, { id }) => {
      expect(event).toMatchObject({ of: 'DaySummarized', subjectId: 'daily' });
      claimed.add(`${tenant} ${eventId}_${id}`);
      told.push(`${id} ${eventId} ${new Date(committedAt).toISOString()}`);
      return Promise.resolve();
    },
    clock: { now: () => world.now },
    logger: createLogger({ service: 'notifier', level: 'silent' }),
  });
  const look = async (at: string) => {
    world.now = Date.parse(at);
    await tell.look();
  };
  return { look, told, claimed, world, summarised: () => summarised };
}

describe('the summaries that a tenant wants', () => {
  it('are told on each channel when it is time, each once', async () => {
    const { look, told, summarised } = given();
    await look('2026-11-27T07:59:59Z');
    await look('2026-11-27T08:00:00Z');
    await look('2026-11-27T18:00:00Z');
    expect(told.slice(2)).toEqual([
      'a summary:daily:2026-11-26 2026-11-27T08:00:00.000Z',
      'b summary:daily:2026-11-26 2026-11-27T08:00:00.000Z',
    ]);
    expect([told.length, summarised()]).toEqual([4, 2]);
  });

  it('are not told again by another life, and only where they were not', async () => {
    const { look, told, claimed, summarised } = given();
    claimed.add('t1 summary:daily:2026-11-26_a');
    await look('2026-11-27T09:00:00Z');
    expect(told.map((each) => each.slice(0, 1))).toEqual(['b']);
    const other = given();
    other.claimed.add('t1 summary:daily:2026-11-26_a').add('t1 summary:daily:2026-11-26_b');
    await other.look('2026-11-27T09:00:00Z');
    expect([other.told, other.summarised(), summarised()]).toEqual([[], 0, 1]);
  });

  it('are not told of what was due before they were wanted', async () => {
    const since = Date.parse('2026-11-27T08:00:01Z');
    const { look, told } = given([{ ...wanted, wantedSince: since }]);
    await look('2026-11-27T12:00:00Z');
    expect(told).toEqual([]);
    await look('2026-11-28T08:00:00Z');
    expect(told).toHaveLength(2);
  });

  it('are tried again where they failed, and hold up no others', async () => {
    const { look, told, world } = given([wanted, { ...wanted, tenant: 't2' }]);
    world.fails = true;
    await look('2026-11-27T08:00:00Z');
    world.fails = false;
    await look('2026-11-27T08:01:00Z');
    expect(told).toHaveLength(4);
  });
});
