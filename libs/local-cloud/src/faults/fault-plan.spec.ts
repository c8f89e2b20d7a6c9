import { describe, expect, it } from '@jest/globals';
import { parseFaults } from './fault.ts';
import { FaultPlan } from './fault-plan.ts';

const commit = { service: 'firestore', method: 'Commit', resources: ['projects/p/x/users/ada'] } as const;
const error = { kind: 'error', code: 'ABORTED' } as const;

function planOf(at: object, fault: object = error) {
  const plan = new FaultPlan();
  plan.add(parseFaults({ at: { service: 'firestore', ...at }, do: fault }));
  return plan;
}

describe('a fault plan', () => {
  it('strikes from the n-th matching call on, so many times', () => {
    const plan = planOf({ method: 'Commit', nth: 2, times: 2 });
    const struck = Array.from({ length: 5 }, () => plan.strike(commit).before.length);
    expect(struck).toEqual([0, 1, 1, 0, 0]);
    expect(plan.list()).toMatchObject([{ matched: 5, struck: 2 }]);
  });

  it.each([
    ['another method', { method: 'Listen' }, 0],
    ['every method', { method: '*' }, 1],
    ['no method', {}, 1],
    ['a part of the resource', { resource: 'users/' }, 1],
    ['another resource', { resource: 'orders/' }, 0],
    ['another service', { service: 'pubsub' }, 0],
  ])('of %s', (_, at, strikes) => {
    expect(planOf(at).strike(commit).before).toHaveLength(strikes);
  });

  it('keeps what comes before the effect apart from what comes after it', () => {
    const plan = planOf({ side: 'after' }, { kind: 'drop' });
    plan.add(parseFaults({ at: { service: 'firestore' }, do: { kind: 'delay', ms: 5 } }));
    expect(plan.strike(commit)).toEqual({ before: [{ kind: 'delay', ms: 5 }], after: [{ kind: 'drop' }] });
    plan.clear();
    expect(plan.strike(commit)).toEqual({ before: [], after: [] });
  });

  it.each([
    [{ do: error }, 'faults[0].at: '],
    [{ at: { service: 'mail' }, do: error }, 'faults[0].at.service: '],
    [{ at: { service: 'pubsub', side: 'during' }, do: error }, 'faults[0].at.side: '],
    [{ at: { service: 'pubsub', nth: 0 }, do: error }, 'faults[0].at.nth: '],
    [{ at: { service: 'pubsub' }, do: { kind: 'burn' } }, 'faults[0].do.kind: '],
    [{ at: { service: 'pubsub' }, do: { kind: 'delay', ms: -1 } }, 'faults[0].do.ms: '],
    [{ at: { service: 'pubsub' }, do: { kind: 'error', code: 'BAD' } }, 'faults[0].do.code: '],
  ])('names the wrong field of %j', (json, where) => {
    expect(() => parseFaults(json)).toThrow(where);
  });
});
