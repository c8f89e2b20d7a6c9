import { describe, expect, it } from '@jest/globals';
import { adopted, by, given, positionWith, tickAt } from '../account/account.builder.ts';
import { evolve } from '../account/account.ts';
import { adoptPosition } from './adopt-position.ts';
import { amendExits } from './amend-exits.ts';
import { executeExit } from './execute-exit.ts';
import type { ExitsSpec } from './exits-spec.ts';
import { resolveExits } from './resolve-exits.ts';

const rung = (price: string) => ({ price, size: { quantity: '1' } });
const ladder = given(adopted(positionWith({ targets: [rung('14'), rung('15'), rung('16')] })));

function amended(account: typeof ladder, exits: ExitsSpec) {
  const decided = amendExits(account, { positionId: 'p1', exits, by }, { armedFrom: { at: 9_000 } });
  if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
  return decided.value.reduce(evolve, account).positions.get('p1')?.exits;
}

describe('amending a ladder', () => {
  it('keeps the rungs that stay and gives others a name of their own', () => {
    const fired = { positionId: 'p1', lineId: 'target-1', level: '14', late: false, lagMs: 0 };
    const hit = executeExit(ladder, { ...fired, tick: tickAt('14') });
    const account = hit.ok ? hit.value.reduce(evolve, ladder) : ladder;
    expect(amended(account, { targets: [rung('14.5'), rung('15'), rung('17')] })?.targets).toMatchObject([
      { id: '4', price: '14.5', armedFrom: { at: 9_000 } },
      { id: '2', price: '15', armedFrom: { at: 1_000 } },
      { id: '5', price: '17', armedFrom: { at: 9_000 } },
    ]);
  });

  it('makes two of a rung that is asked for twice', () => {
    const ids = amended(ladder, { targets: [rung('14'), rung('14')] })?.targets.map(({ id }) => id);
    expect(ids).toEqual(['1', '4']);
  });
});

describe('a trailing stop that has begun', () => {
  const trailing = { percent: '2', activation: { percent: '5' } } as const;
  const taken = positionWith({ trailing });
  const activated = (): typeof ladder => {
    const account = given(adopted(taken));
    const level = account.positions.get('p1')?.exits.trailing?.activation ?? '';
    const fired = { positionId: 'p1', lineId: 'activation', level, late: false, lagMs: 0 };
    const begun = executeExit(account, { ...fired, tick: tickAt('15') });
    if (!begun.ok) throw new Error(begun.refusal.reason);
    return begun.value.reduce(evolve, account);
  };

  it('goes on following where it is asked for again with what began it', () => {
    const before = activated().positions.get('p1')?.exits.trailing;
    expect(before).toMatchObject({ start: '15' });
    const after = amended(activated(), { stopLoss: { price: '13' }, trailing });
    expect(after).toMatchObject({ stopLoss: { price: '13' }, trailing: before });
    expect(after?.trailing).toEqual(before);
  });

  it('follows anew at another distance, and needs not begin again', () => {
    const after = amended(activated(), { trailing: { ...trailing, percent: '1' } })?.trailing;
    expect(after).toEqual({ distance: { ppm: 10_000 }, start: '13.83', armedFrom: { at: 9_000 } });
  });

  it('waits for a price beyond the one at which it began', () => {
    const after = amended(activated(), { trailing: { ...trailing, activation: { price: '15.01' } } });
    expect(after?.trailing).toMatchObject({ activation: '15.01', armedFrom: { at: 9_000 } });
  });
});

describe('exits in percent of an instrument with a tick size', () => {
  const percent: ExitsSpec = { stopLoss: { percent: '1' }, targets: [{ percent: '1' }] };
  const tickSize = '0.05';
  const { exits: _exits, ...terms } = positionWith({});
  const taken = adoptPosition(given(), { ...terms, exits: percent, armedFrom: { at: 1_000 }, tickSize });
  const account = taken.ok ? taken.value.reduce(evolve, given()) : given();

  it('lie on its ticks where a position is taken over, as where one is opened', () => {
    expect(account.positions.get('p1')?.exits).toMatchObject({
      stopLoss: { price: '13.7' },
      targets: [{ price: '13.95' }],
    });
  });

  it('are the same where they are asked for again: they go on counting from where they did', () => {
    const again = { positionId: 'p1', exits: percent, by };
    expect(amendExits(account, again, { armedFrom: { at: 9_000 }, tickSize })).toEqual({
      ok: true,
      value: [],
    });
  });
});

describe('resolving exits', () => {
  const entry = {
    side: 'short',
    entryPrice: { units: 10n, scale: 0 },
    armedFrom: { at: 0 },
    openedAt: 0,
  } as const;

  it.each<[ExitsSpec, string, string]>([
    [{ breakEven: { after: { percent: '100' } } }, 'breakEven.after', '0'],
    [{ breakEven: { after: { percent: '1' }, offset: '10' } }, 'breakEven.offset', '0'],
    [{ targets: [{ percent: '150' }] }, 'targets.1', '-5'],
  ])('refuses what would become no price: %j', (spec, field, value) => {
    expect(resolveExits(spec, entry)).toEqual({
      ok: false,
      refusal: { reason: 'NOT_POSITIVE', field, value },
    });
  });
});
