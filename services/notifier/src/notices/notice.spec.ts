import { describe, expect, it } from '@jest/globals';
import {
  actionRefused,
  closed,
  commitOf,
  committedAt,
  fired,
  halted,
  noticeOf,
  opened,
  reduced,
  stopTriggered,
  tripped,
} from './notice.builder.ts';
import { latenessMsOf, noticesOf, subjectIdOf } from './notice.ts';

const rung = (targetId: string, level: string) => stopTriggered({ type: 'TargetTriggered', targetId, level });

describe('the notices of a commit', () => {
  it('tells an exit once, with what triggered it', () => {
    const other = stopTriggered({ positionId: 'p0', level: '1' });
    const notices = noticesOf(commitOf([other, stopTriggered(), closed()]), committedAt);
    expect(notices).toMatchObject([
      {
        eventId: 'u1.main:0000000012:2',
        tenant: 't1',
        seq: 12,
        traceId: 'a'.repeat(32),
        committedAt,
        event: { type: 'PositionClosed' },
        exit: { level: '95' },
      },
    ]);
  });

  it('tells triggers, halts and limits that were reached, and nothing else', () => {
    const adopted = {
      type: 'OrderFilled',
      of: 'exit',
      clientOrderId: 'c',
      positionId: 'p1',
      symbol: 'S',
      side: 'sell',
      quantity: '1',
      price: '1',
      proceeds: '1',
      currency: 'USD',
      fee: '0',
      feeCurrency: 'USD',
      liquidity: 'taker',
    } as const;
    const flattened = { type: 'TradingReduced', actor: 'cli', reason: 'r', flatten: true } as const;
    const notices = noticesOf(commitOf([adopted, fired(), halted(), flattened, tripped()]), committedAt);
    expect(notices.map((notice) => [notice.event.type, subjectIdOf(notice)])).toEqual([
      ['TriggerFired', 'g1'],
      ['TradingHalted', 'u1.main'],
      ['TradingReduced', 'u1.main'],
      ['LimitTripped', 'u1.main'],
    ]);
  });

  it('tells what is not as it should be at a broker, and not what is settled', () => {
    const order = { orderId: 'u1.main.o1', symbol: 'BTC-USDT', reason: 'no answer' };
    const difference = { kind: 'position', symbol: 'BTC-USDT', ours: '1', theirs: '3' } as const;
    const notices = noticesOf(
      commitOf([
        { type: 'OrderRejected', of: 'order', ...order, positionId: 'p1' },
        { type: 'OrderOutcomeUnknown', ...order },
        { type: 'BrokerDifferenceFound', difference },
        { type: 'BrokerDifferenceSettled', difference },
      ]),
      committedAt,
    );
    expect(notices.map((notice) => [notice.event.type, subjectIdOf(notice)])).toEqual([
      ['OrderRejected', 'u1.main.o1'],
      ['OrderOutcomeUnknown', 'u1.main.o1'],
      ['BrokerDifferenceFound', 'u1.main'],
    ]);
  });

  it('tells how a position begins and goes, and of a rung of its ladder which level it was', () => {
    const notices = noticesOf(
      commitOf([
        opened(),
        rung('first', '190'),
        rung('last', '200'),
        reduced(),
        closed({ targetId: 'last' }),
      ]),
      committedAt,
    );
    expect(notices.map((notice) => [notice.event.type, subjectIdOf(notice), notice.exit?.level])).toEqual([
      ['PositionOpened', 'p1', undefined],
      ['PositionReduced', 'p1', '190'],
      ['PositionClosed', 'p1', '200'],
    ]);
  });

  it('tells what a trigger was refused', () => {
    expect(subjectIdOf(noticeOf(actionRefused()))).toBe('g1');
  });

  it('leaves halts of wider scopes to the scope', () => {
    const by = { actor: 'cli', reason: 'r' };
    const commit = commitOf([
      { type: 'TradingHalted', ...by, scope: 'tenant', scopeSeq: 1 },
      { type: 'TradingReduced', ...by, scope: 'global', scopeSeq: 2, flatten: true },
      { type: 'TradingHalted', ...by, scope: 'account' },
    ]);
    expect(noticesOf(commit, committedAt).map(({ eventId }) => eventId)).toEqual(['u1.main:0000000012:2']);
  });

  it('knows what was judged late', () => {
    expect(latenessMsOf(noticeOf(fired()))).toBeUndefined();
    expect(latenessMsOf(noticeOf(fired({ late: true, lagMs: 12_340 })))).toBe(12_340);
    expect(latenessMsOf(noticeOf(stopTriggered({ late: true, lagMs: 5 }), closed()))).toBe(5);
    expect(latenessMsOf(noticeOf(halted()))).toBeUndefined();
  });
});
