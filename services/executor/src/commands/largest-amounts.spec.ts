import { AccountEventSchema, Command } from '@bellwether/contracts';
import {
  type AccountEvent,
  evolve,
  executeExit,
  maxOpenPositions,
  plainInstrument,
  unknownMarket,
  unopenedAccount,
} from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import { ann, firedBy, openPosition } from '../ticks/armed.builder.ts';
import { adoptPositionHandler } from './adopt-position.handler.ts';

const largest = `${'9'.repeat(18)}.${'9'.repeat(18)}`;
const smallest = `0.${'0'.repeat(17)}1`;

/** A command that the contract takes. */
function adoption(id: string, quantity: string, exits: object) {
  const position = {
    id,
    symbol: 'BTC-USDT',
    side: 'long',
    quantity,
    entryPrice: smallest,
    priceSource: 'trade',
    exits,
  };
  const command = Command.parse({ name: 'AdoptPosition', key: id, ...ann, position });
  if (command.name !== 'AdoptPosition') throw new Error('not an adoption');
  return command;
}

describe('the largest and finest amounts that a command may name', () => {
  it.each<[string, object]>([
    ['stop', { stopLoss: { price: largest } }],
    ['trail', { trailing: { distance: smallest } }],
  ])('make events that can be stored, read and summed: %s', (lineId, exits) => {
    const resumed: AccountEvent = { type: 'TradingResumed', actor: 'test', reason: '' };
    let account = evolve(unopenedAccount(ann.tenant, ann.uid, ann.accountId), resumed);
    const surroundings = { market: unknownMarket, instrumentOf: plainInstrument, brokers: new Set<string>() };
    const context = { ...surroundings, now: 0, armedFrom: { at: 0 }, isOpen: true };
    for (let i = 0; i < maxOpenPositions; i += 1) {
      const command = adoption(`p${i}`, i % 2 === 0 ? largest : smallest, exits);
      const adopted = adoptPositionHandler.decide(account, command, context);
      if (!adopted.ok) throw new Error(adopted.refusal.reason);
      account = adopted.value.reduce(evolve, account);
      const { tick } = firedBy(openPosition());
      const price = i % 3 === 0 ? smallest : '4500000000000000';
      const fired = {
        positionId: `p${i}`,
        lineId,
        level: largest,
        tick: { ...tick, price },
        late: false,
        lagMs: 0,
      };
      const closed = executeExit(account, fired);
      if (!closed.ok) throw new Error(closed.refusal.reason);
      account = closed.value.reduce(evolve, account);
      for (const event of [...adopted.value, ...closed.value])
        expect(AccountEventSchema.safeParse(event).error).toBeUndefined();
    }
    expect(account.openPositionIds.size).toBe(0);
  });
});
