import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Arrival, type Written, runLimiter } from './limiter-run.simulation.ts';
import { type WriteProfile, writeProfiles } from './profiles.ts';
import { type PacedRequest, WriteLimiter, maxJitterMs } from './write-limiter.ts';

const small: WriteProfile = { name: 'small', writesPerSecond: 20, perDocument: 3, coolDownMs: 1_000 };

const documents = (collection: string, count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, i) => `${collection}/d${first + i}`);

/** Arrivals of a few tenants within a few seconds, none too much for one second. */
const arrivals = fc.array(
  fc.record<Arrival>({
    at: fc.integer({ min: 0, max: 3_000 }),
    tenant: fc.constantFrom('a', 'b', 'c'),
    priority: fc.constantFrom('background', 'background', 'command', 'execution'),
    documents: fc.uniqueArray(
      fc.integer({ min: 0, max: 30 }).map((id) => `c${id % 3}/d${id}`),
      { minLength: 1, maxLength: 12 },
    ),
  }),
  { maxLength: 60 },
);
const draws = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })).map(
  (stream): (() => number) =>
    () =>
      Number(stream.next().value),
);

function backgroundWork(tenant: string, at: number, paths: readonly string[]): Arrival {
  return { at, tenant, priority: 'background', documents: paths };
}

/** One request of each size. */
function backlog(tenant: string, sizes: readonly number[]): Arrival[] {
  return sizes.map((size, i) => backgroundWork(tenant, 0, documents(`${tenant}${i}`, size)));
}

/** Much to one collection. */
function flood(from: number): Arrival[] {
  return Array.from({ length: 32 }, (_, i) => backgroundWork('a', from, documents('new', 50, i * 50)));
}

function flowOf({ tenant, priority }: Arrival): string {
  return `${tenant} ${priority}`;
}

function writesWithinASecond(written: readonly Written[], from: number): number {
  return written
    .filter(({ at }) => at >= from && at < from + 1_000)
    .reduce((sum, { arrival }) => sum + arrival.documents.length, 0);
}

function ofTwenty(i: number): PacedRequest {
  return { tenant: 'a', priority: 'background', documents: documents(`r${i}`, 20) };
}

/** By looking at everything: what the second up to and with `place` holds, of what `counts`. */
function inTheSecondUpTo(
  written: readonly Written[],
  place: number,
  counts: (path: string) => boolean,
): number {
  const { at } = written[place]!;
  return written
    .slice(0, place + 1)
    .filter((each) => each.at > at - 1_000)
    .reduce((sum, { arrival }) => sum + arrival.documents.filter(counts).length, 0);
}

const isPaced = ({ arrival }: Written): boolean => arrival.priority !== 'execution';

describe('the write limiter', () => {
  it('lets nothing that it paces make a second hold more than the limits', () => {
    fc.assert(
      fc.property(arrivals, draws, (coming, draw) => {
        const written = runLimiter(small, coming, draw);
        for (const [place, each] of written.entries()) {
          if (!isPaced(each)) continue;
          expect(inTheSecondUpTo(written, place, () => true)).toBeLessThanOrEqual(small.writesPerSecond);
          for (const path of each.arrival.documents)
            expect(inTheSecondUpTo(written, place, (other) => other === path)).toBeLessThanOrEqual(
              small.perDocument,
            );
        }
      }),
    );
  });

  it('writes everything, executions at once and nothing before it came', () => {
    fc.assert(
      fc.property(arrivals, draws, (coming, draw) => {
        const written = runLimiter(small, coming, draw);
        expect(new Set(written.map(({ arrival }) => arrival))).toEqual(new Set(coming));
        expect(written).toHaveLength(coming.length);
        for (const { arrival, at } of written)
          if (arrival.priority === 'execution') expect(at).toBe(arrival.at);
          else expect(at).toBeGreaterThanOrEqual(arrival.at);
      }),
    );
  });

  it('keeps the order in which a tenant offered its requests of a priority', () => {
    fc.assert(
      fc.property(arrivals, draws, (coming, draw) => {
        const written = runLimiter(small, coming, draw).filter(isPaced);
        const offered = coming
          .toSorted((a, b) => a.at - b.at)
          .filter(({ priority }) => priority !== 'execution');
        for (const flow of new Set(offered.map(flowOf)))
          expect(written.map(({ arrival }) => arrival).filter((each) => flowOf(each) === flow)).toEqual(
            offered.filter((each) => flowOf(each) === flow),
          );
      }),
    );
  });

  it('lets no background work go while a command that came before waits for room', () => {
    const alone = arrivals.map((coming) =>
      coming.map((each, i) => ({ ...each, documents: documents(`own${i}`, each.documents.length) })),
    );
    fc.assert(
      fc.property(alone, (coming) => {
        const written = runLimiter(small, coming);
        const commands = written.filter(({ arrival }) => arrival.priority === 'command');
        for (const { arrival, at, place } of written) {
          if (arrival.priority !== 'background') continue;
          expect(commands.filter((command) => command.arrival.at < at && command.place > place)).toEqual([]);
        }
      }),
    );
  });

  it('gives tenants that have work waiting equal shares, to within a request of each', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, sizes, (ofA, ofB) => {
        // One more of each, so that both still wait while the others go.
        const written = runLimiter(small, [...backlog('a', [...ofA, 20]), ...backlog('b', [...ofB, 20])]);
        const had = { a: 0, b: 0 };
        const left = { a: ofA.length + 1, b: ofB.length + 1 };
        for (const { arrival } of written) {
          const tenant = arrival.tenant === 'a' ? 'a' : 'b';
          had[tenant] += arrival.documents.length;
          left[tenant] -= 1;
          if (left.a === 0 || left.b === 0) return;
          expect(Math.abs(had.a - had.b)).toBeLessThanOrEqual(20 + 20);
        }
      }),
    );
  });

  it('does not let a tenant with much work hold up one with little', () => {
    const one = backgroundWork('b', 5_500, documents('b', 10));
    const written = runLimiter(small, [
      ...backlog(
        'a',
        Array.from({ length: 200 }, () => 10),
      ),
      one,
    ]);
    expect(written.at(-1)?.at).toBe(100_000);
    expect(written.find(({ arrival }) => arrival === one)?.at).toBe(6_000);
  });

  it('lends what a tenant does not use', () => {
    const alone = backlog(
      'a',
      Array.from({ length: 10 }, () => 10),
    );
    expect(runLimiter(small, alone).map(({ at }) => at)).toEqual([
      0, 0, 1_000, 1_000, 2_000, 2_000, 3_000, 3_000, 4_000, 4_000,
    ]);
  });

  it('lets what waits for its own documents be passed, but not for the room that it needs', () => {
    const before = [0, 0, 0].map((at) => backgroundWork('a', at, ['c/hot']));
    const both = backgroundWork('b', 1, ['c/hot', 'c/other']);
    const passing = backgroundWork('c', 2, ['c/cold']);
    const later = backgroundWork('d', 3, ['c/hot']);
    const written = runLimiter(small, [...before, both, passing, later]);
    expect(written.slice(3).map(({ arrival, at }) => [arrival, at])).toEqual([
      [passing, 2],
      [both, 1_000],
      [later, 1_000],
    ]);
  });

  it('does not let work for one document after the other starve what needs both at once', () => {
    const both = backgroundWork('a', 400, ['c/one', 'c/two']);
    const times = Array.from({ length: 60 }, (_, i) => Math.floor(i / 2) * 160 - (i % 2) * 80);
    const streams = times.flatMap((at, i) =>
      at < 0 ? [] : [backgroundWork(`t${i}`, at, [i % 2 === 0 ? 'c/one' : 'c/two'])],
    );
    const written = runLimiter(small, [...streams.slice(0, 8), both, ...streams.slice(8)]);
    expect(written.find(({ arrival }) => arrival.documents.length === 2)?.at).toBeLessThanOrEqual(3_400);
  });

  it('lets what is too much for a second go alone, and then waits as long as it should have taken', () => {
    const large = backgroundWork('a', 0, documents('a', 50));
    const one = backgroundWork('b', 1, documents('b', 10));
    const more = backgroundWork('b', 1, documents('b', 10, 10));
    expect(runLimiter(small, [large, one, more]).map(({ at }) => at)).toEqual([0, 2_000, 3_000]);
  });

  describe('above half of the limit', () => {
    it('spreads what comes by up to the jitter, and below it nothing', () => {
      const coming = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 20 });
      fc.assert(
        fc.property(coming, draws, (times, draw) => {
          const each = times.map((at, i) => backgroundWork(`t${i}`, at, documents(`t${i}`, 1)));
          const written = runLimiter(small, each, draw);
          const inOrder = written.toSorted((a, b) => a.arrival.at - b.arrival.at);
          for (const [i, { at, arrival }] of inOrder.entries()) {
            expect(at - arrival.at).toBeLessThanOrEqual(maxJitterMs);
            if (i < small.writesPerSecond / 2 - 1) expect(at).toBe(arrival.at);
          }
        }),
      );
    });

    it('spreads the more the less is left', () => {
      const waits = Array.from({ length: 20 }, (_, i) => backgroundWork(`t${i}`, 0, documents(`t${i}`, 1)));
      const jitter = runLimiter(small, waits, () => 0.5).map(({ at: when }) => when);
      expect(jitter).toEqual([
        ...Array.from({ length: 10 }, () => 0),
        ...Array.from({ length: 10 }, (_, i) => (i + 1) * 5),
      ]);
    });

    it('spreads by no more than the jitter, however much was wanted', () => {
      const limiter = new WriteLimiter<PacedRequest>(small, () => 0.999);
      const waits = Array.from({ length: 10 }, (_, i) => ofTwenty(i));
      for (const each of waits) limiter.offer(each, 0);
      for (const each of waits.slice(0, -1)) limiter.withdraw(each);
      expect(limiter.nextAt(0)).toBe(maxJitterMs);
    });

    it('does not spread commands, nor what others offer', () => {
      const draw = [0.999, 0, 0.999];
      const first = backgroundWork('a', 0, documents('a', 12));
      const other = backgroundWork('b', 0, documents('b', 2));
      const asked: Arrival = { ...backgroundWork('c', 0, documents('c', 2)), priority: 'command' };
      const written = runLimiter(small, [first, other, asked], () => draw.shift() ?? 0);
      expect(written.map(({ arrival, at }) => [arrival.tenant, at])).toEqual([
        ['b', 0],
        ['c', 0],
        ['a', 20],
      ]);
    });
  });

  describe('for a collection that is new to traffic', () => {
    it('starts at 500 a second and grows by half every five minutes of traffic', () => {
      const fast: WriteProfile = { name: 'fast', writesPerSecond: 2_000, perDocument: 50, coolDownMs: 0 };
      const trickle = Array.from({ length: 15 }, (_, i) => backgroundWork('a', i * 60_000, ['new/d']));
      const starts = [0, 5, 10].map((minutes) => minutes * 60_000 + 30_000);
      const written = runLimiter(fast, [...trickle, ...starts.flatMap(flood)]);
      expect(starts.map((from) => writesWithinASecond(written, from))).toEqual([500, 750, 1_100]);
    });

    it('starts again after half an hour without traffic', () => {
      const first = backgroundWork('a', 0, ['new/d']);
      const written = runLimiter(writeProfiles.aggressive, [first, ...flood(1_801_000)]);
      expect(writesWithinASecond(written, 1_801_000)).toBe(500);
    });

    it('goes on growing with traffic that goes on', () => {
      const fast: WriteProfile = { name: 'fast', writesPerSecond: 2_000, perDocument: 50, coolDownMs: 0 };
      const trickle = [0, 20, 40].map((minutes) => backgroundWork('a', minutes * 60_000, ['new/d']));
      const written = runLimiter(fast, [...trickle, ...flood(2_401_000)]);
      expect(writesWithinASecond(written, 2_401_000)).toBe(1_600);
    });

    it('counts each collection of a batch alone', () => {
      const both = backgroundWork('a', 0, [...documents('one', 300), ...documents('two', 300)]);
      const more = backgroundWork('a', 0, documents('one', 100, 300));
      expect(runLimiter(writeProfiles.aggressive, [both, more]).map(({ at }) => at)).toEqual([0, 0]);
    });

    it('is also bound by the limit of all', () => {
      expect(writesWithinASecond(runLimiter(writeProfiles.conservative, flood(0)), 0)).toBe(300);
    });
  });

  it('counts executions, which it never holds up', () => {
    const at = 0;
    const execution: Arrival = { at, tenant: 'a', priority: 'execution', documents: documents('x', 30) };
    const waits: Arrival = { at, tenant: 'b', priority: 'command', documents: documents('b', 1) };
    expect(runLimiter(small, [execution, waits]).map((each) => each.at)).toEqual([0, 1_000]);
  });

  it('forgets what is withdrawn', () => {
    const limiter = new WriteLimiter<PacedRequest>(small, () => 0);
    const [first, second, third] = [ofTwenty(1), ofTwenty(2), ofTwenty(3)];
    for (const each of [first, second, third]) limiter.offer(each, 0);
    expect(limiter.take(0).map((each) => each.request)).toEqual([first]);
    expect([limiter.withdraw(second), limiter.withdraw(second), limiter.withdraw(first)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(limiter.take(1_000)).toEqual([{ request: third, waitedMs: 1_000 }]);
    expect([limiter.waiting, limiter.nextAt(1_000), limiter.rate(1_000), limiter.rate(2_000)]).toEqual([
      0,
      undefined,
      20,
      0,
    ]);
  });

  it('lets go only what is allowed, and so many', () => {
    const limiter = new WriteLimiter<PacedRequest>(small, () => 0);
    const background = { tenant: 'a', priority: 'background', documents: ['c/1'] } as const;
    const command = { tenant: 'a', priority: 'command', documents: ['c/2'] } as const;
    limiter.offer(background, 0);
    limiter.offer(command, 0);
    expect(limiter.take(0, () => true, 0)).toEqual([]);
    expect(limiter.take(0, (priority) => priority === 'background').map((each) => each.request)).toEqual([
      background,
    ]);
    limiter.offer(background, 0);
    expect(limiter.take(0, () => true, 1).map((each) => each.request)).toEqual([command]);
  });
});
