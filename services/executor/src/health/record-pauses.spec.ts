import type { ScopeEvent } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import type { ScopeOutcome, ScopeRequest } from '@bellwether/store';
import { describe, expect, it } from '@jest/globals';
import { PauseRecords, decidePauses } from './record-pauses.ts';
import type { PauseChange } from './symbol-pauses.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const origin = { shard: 1, epoch: 'e1', number: 7, traceparent: 'trace' };

function change(index: number, health: PauseChange['health'], symbol = 'SPY'): PauseChange {
  const place = { shard: 1, epoch: 'e1', frame: 7, index, ordinal: 70 + index };
  return { symbol, health, reason: 'spec', since: index, place };
}

/** A journal that answers as told, in turn, and then commits. */
function records(...answers: readonly ('contended' | Error)[]) {
  const left = [...answers];
  const committed: (readonly ScopeEvent[])[] = [];
  const waits: number[] = [];
  const scopes = {
    commit: async <Refusal>(_: unknown, request: ScopeRequest<Refusal>): Promise<ScopeOutcome<Refusal>> => {
      await Promise.resolve();
      const answer = left.shift();
      if (answer instanceof Error) throw answer;
      if (answer !== undefined) return { status: answer };
      const decision = request.decide(new Map(), 1);
      if ('events' in decision) committed.push(decision.events);
      return { status: 'unchanged' };
    },
  };
  const made = new PauseRecords({
    scopes,
    onCommitted: () => undefined,
    logger,
    pause: async (milliseconds) => {
      waits.push(milliseconds);
      await Promise.resolve();
    },
  });
  return { made, committed, waits };
}

describe('what is committed of pauses', () => {
  it('is an event for each change, and the state of each symbol after the last', () => {
    const changes = [change(0, 'stale'), change(1, 'healthy'), change(2, 'suspect', 'QQQ')];
    const { events, documents } = decidePauses(changes, new Map(), 4);
    expect(events.map((event) => `${event.type} ${symbolOf(event)}`)).toEqual([
      'SymbolPaused SPY',
      'SymbolResumed SPY',
      'SymbolPaused QQQ',
    ]);
    expect(documents).toEqual(
      new Map([
        ['ops_symbols/SPY', { ...change(1, 'healthy'), seq: 4 }],
        ['ops_symbols/QQQ', { ...change(2, 'suspect', 'QQQ'), seq: 4 }],
      ]),
    );
  });

  it('is nothing that is known already, so that a frame may be judged again', () => {
    const known = new Map([['ops_symbols/SPY', { ...change(1, 'healthy'), seq: 4 }]]);
    expect(decidePauses([change(0, 'stale'), change(1, 'healthy')], known, 5).events).toEqual([]);
    const later = [
      change(2, 'stale'),
      { ...change(0, 'stale'), place: { ...change(0, 'stale').place, frame: 8 } },
      { ...change(0, 'stale'), place: { ...change(0, 'stale').place, epoch: 'e2', frame: 1 } },
    ];
    for (const news of later) expect(decidePauses([news], known, 5).events).toHaveLength(1);
    const earlier = { ...change(9, 'stale'), place: { ...change(9, 'stale').place, epoch: 'e0' } };
    expect(decidePauses([earlier], known, 5).events).toEqual([]);
  });

  it('names a symbol with a slash by a path that has none', () => {
    const { documents } = decidePauses([change(0, 'stale', 'BTC/USD')], new Map(), 1);
    expect([...documents.keys()]).toEqual(['ops_symbols/BTC%2FUSD']);
  });
});

describe('committing pauses', () => {
  it('goes on until it succeeds', async () => {
    const { made, committed, waits } = records('contended', new Error('unavailable'), 'contended');
    await made.record([change(0, 'stale')], origin);
    expect(committed).toHaveLength(1);
    expect(waits).toHaveLength(3);
  });

  it('divides many changes into commits that fit, in order', async () => {
    const { made, committed } = records();
    const many = Array.from({ length: 120 }, (_, i) => change(i, 'stale', `S${i}`));
    await made.record(many, origin);
    expect(committed.map((events) => events.length)).toEqual([50, 50, 20]);
    expect(committed.flat().map(symbolOf)).toEqual(many.map(({ symbol }) => symbol));
  });
});

function symbolOf(event: ScopeEvent): string | undefined {
  return 'symbol' in event ? event.symbol : undefined;
}
