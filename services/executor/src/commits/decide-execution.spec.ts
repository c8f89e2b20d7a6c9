import {
  type AccountEvent,
  evolveAll,
  plainInstrument,
  unknownMarket,
  unopenedAccount,
} from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import {
  activeTrigger,
  ann,
  firedBy,
  openPosition,
  positionTerms,
  triggerTerms,
} from '../ticks/armed.builder.ts';
import { decideExecution, relatedNeeds } from './decide-execution.ts';

const surroundings = { market: unknownMarket, instrumentOf: plainInstrument, brokers: new Set<string>() };

describe('what several that fire together look at', () => {
  it('is every round that an amendment may be about, since what is decided before it may close the latest', () => {
    const action = { kind: 'amend', positionId: 'p', exits: { stopLoss: { price: '90' } } } as const;
    const { tenant, uid, accountId } = ann;
    const events: AccountEvent[] = [
      { type: 'AccountOpened', tenant, uid, accountId },
      { type: 'TradingResumed', actor: 'test', reason: '' },
      ...['p-2', 'p-3', 'px-2', 'p-03'].map((id): AccountEvent => ({
        type: 'PositionAdopted',
        position: positionTerms({ id }),
      })),
      { type: 'TriggerArmed', trigger: triggerTerms({ action }) },
    ];
    const account = evolveAll(unopenedAccount(tenant, uid, accountId), events);
    const stop = firedBy(openPosition({ id: 'p-3' }));
    const amendment = firedBy(activeTrigger({ action }));
    const { positionIds = [] } = relatedNeeds(account, [stop.subject, amendment.subject]);
    expect(positionIds.toSorted()).toEqual(['p', 'p-2', 'p-3']);
    // Nothing else of the account has been looked at.
    const loaded = new Map([...account.positions].filter(([id]) => positionIds.includes(id)));
    const stopped = decideExecution({ ...account, positions: loaded }, stop, surroundings, 1_005);
    const after = evolveAll({ ...account, positions: loaded }, stopped.ok ? stopped.value : []);
    expect(decideExecution(after, amendment, surroundings, 1_005)).toMatchObject({
      value: [{ type: 'TriggerFired' }, { type: 'ExitsAmended', positionId: 'p-2' }],
    });
  });
});
