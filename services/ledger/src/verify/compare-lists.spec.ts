import { describe, expect, it } from '@jest/globals';
import { mainAccount } from '@bellwether/contracts';
import { defaultSettings } from '@bellwether/domain';
import { type StoredState, compareLists } from './compare-lists.ts';

const { tenant: tenantId, uid, accountId } = mainAccount('t1', 'u1');
const account = {
  schema: 2,
  tenantId,
  uid,
  accountId,
  version: 1,
  headHash: '',
  trading: 'active',
  holds: [],
  settings: defaultSettings,
  cash: {},
  openPositionIds: ['p1'],
  activeTriggerIds: ['t1'],
  workingOrderIds: ['o1'],
  activeSignalIds: ['s1'],
} as const;
const stateOf = (kind: StoredState['kind'], id: string, status: string): StoredState => ({
  kind,
  id,
  accountId,
  status,
});
const good = [
  stateOf('position', 'p1', 'closing'),
  stateOf('trigger', 't1', 'active'),
  stateOf('order', 'o1', 'unknown'),
  stateOf('signal', 's1', 'active'),
  stateOf('position', 'p0', 'closed'),
  stateOf('trigger', 't0', 'fired'),
  stateOf('order', 'o0', 'filled'),
  stateOf('signal', 's0', 'actedOn'),
];

describe('what an account lists and what is stored', () => {
  it('agree where exactly what is alive is listed', () => {
    expect(compareLists(accountId, account, good)).toEqual([]);
  });

  it('leave alone what is of another account of the user', () => {
    const other = { ...stateOf('position', 'px', 'open'), accountId: 'u1.other' };
    expect(compareLists(accountId, account, [...good, other])).toEqual([]);
  });

  it.each(good.slice(0, 4))('miss a listed $kind without document', ({ kind, id }) => {
    const rest = good.filter((each) => each.id !== id);
    expect(compareLists(accountId, account, rest)).toEqual([
      `the account lists ${kind} ${id}, which is not stored`,
    ]);
  });

  it.each<[StoredState, string]>([
    [stateOf('position', 'p2', 'open'), 'position p2 is open, and the account does not list it'],
    [stateOf('trigger', 't2', 'active'), 'trigger t2 is active, and the account does not list it'],
    [stateOf('order', 'o2', 'submitted'), 'order o2 is submitted, and the account does not list it'],
    [stateOf('signal', 's2', 'active'), 'signal s2 is active, and the account does not list it'],
    [stateOf('order', 'o1', 'cancelled'), 'the account lists order o1, which is cancelled'],
    [
      { ...stateOf('position', 'p1', 'open'), accountId: 'u1.other' },
      'the account lists position p1, which is of account u1.other',
    ],
  ])('differ by %j', (state, difference) => {
    const rest = good.filter(({ kind, id }) => kind !== state.kind || id !== state.id);
    expect(compareLists(accountId, account, [...rest, state])).toEqual([difference]);
  });

  it('hold nothing twice', () => {
    const twice = { ...account, openPositionIds: ['p1', 'p1'] };
    expect(compareLists(accountId, twice, good)).toEqual(['the account lists position p1 twice']);
  });

  it('are all of it zombies where the account is gone', () => {
    expect(compareLists(accountId, undefined, good)).toHaveLength(4);
  });
});
