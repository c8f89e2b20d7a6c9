import { describe, expect, it } from '@jest/globals';
import { evolve } from '../account/account.ts';
import { by, given, tickAt } from '../account/account.builder.ts';
import type { AccountEvent } from '../account/events.ts';
import { plainInstrument } from '../market/instrument.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import { type ActOnSignal, actOnSignal } from './act-on-signal.ts';
import { createSignal } from './create-signal.ts';
import { closeSignal, expireSignal } from './end-signal.ts';
import type { SignalTerms } from './signal.ts';

const entry: EntrySpec = {
  positionId: 'p1',
  symbol: 'BAC',
  side: 'long',
  quantity: '5',
  how: { kind: 'market' },
  timeInForce: 'gtc',
  priceSource: 'trade',
};
const signal = (parts: Partial<SignalTerms> = {}): SignalTerms => ({
  id: 's1',
  symbol: 'BAC',
  side: 'long',
  source: 'model',
  confidence: '0.8',
  priceSource: 'trade',
  expiresAt: 9_000,
  entry,
  armedFrom: { at: 1_000 },
  createdAt: 1_000,
  ...parts,
});
const created = (parts: Partial<SignalTerms> = {}): AccountEvent => ({
  type: 'SignalCreated',
  signal: signal(parts),
});
const context = (exchangeAt = 2_000) => ({
  now: exchangeAt,
  armedFrom: { at: exchangeAt },
  market: () => ({ trade: at(exchangeAt) }),
  instrument: plainInstrument('BAC'),
  broker: 'shadow',
});
const request = (parts: Partial<ActOnSignal> = {}): ActOnSignal => ({
  signalId: 's1',
  name: 'act',
  by,
  ...parts,
});
const at = (exchangeAt: number) => tickAt('14', { exchangeAt });
const when = { kind: 'price', direction: 'above', price: '15' } as const;

describe('a signal', () => {
  it('is created once', () => {
    const event = created();
    expect(createSignal(given(), signal())).toEqual({ ok: true, value: [event] });
    expect(createSignal(given(event), signal())).toMatchObject({ refusal: { reason: 'SIGNAL_EXISTS' } });
  });

  it.each<[string, Partial<SignalTerms>, object]>([
    ['more confidence than certainty', { confidence: '1.01' }, { reason: 'NOT_A_CONFIDENCE', value: '1.01' }],
    ['less confidence than none', { confidence: '-0.1' }, { reason: 'NOT_A_CONFIDENCE', value: '-0.1' }],
    ['an end that is past', { expiresAt: 1_000 }, { reason: 'ENDS_BEFORE_NOW', expiresAt: 1_000 }],
    ['an entry of the other side', { side: 'short' }, { reason: 'OTHER_ENTRY', field: 'entry.side' }],
    ['an entry of another symbol', { symbol: 'XYZ' }, { reason: 'OTHER_ENTRY', field: 'entry.symbol' }],
  ])('is refused with %s', (_what, parts, refusal) => {
    expect(createSignal(given(), signal(parts))).toMatchObject({ refusal });
  });

  it('is one of so many at most; one that ends makes room', () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => `s${i + 2}`);
    expect(createSignal({ ...given(), activeSignalIds: new Set(ids) }, signal())).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_ACTIVE_SIGNALS', limit: 1_000, count: 1_000, by: 1 },
    });
    const withRoom = { ...given(), activeSignalIds: new Set(ids.slice(1)) };
    expect(createSignal(withRoom, signal())).toMatchObject({ ok: true });
  });

  it('opens its entry when it is acted on, and tells what came of it', () => {
    const account = given(created());
    const done = actOnSignal(account, request(), context());
    if (!done.ok) throw new Error(JSON.stringify(done.refusal));
    expect(done.value.map(({ type }) => type)).toEqual([
      'SignalActedOn',
      'OrderPlaced',
      'OrderFilled',
      'PositionOpened',
    ]);
    const after = done.value.reduce(evolve, account);
    expect(after.signals.get('s1')).toMatchObject({
      status: 'actedOn',
      outcome: { kind: 'opened', positionId: 'p1', orderId: 'u.main.act' },
    });
    expect([...after.openPositionIds, after.activeSignalIds.size]).toEqual(['p1', 0]);
    expect(actOnSignal(after, request({ name: 'again' }), context())).toMatchObject({
      refusal: { reason: 'NOT_ACTIVE', status: 'actedOn' },
    });
  });

  it('arms a trigger where it waits for a price, which ends with the signal', () => {
    const account = given(created({ when }));
    const done = actOnSignal(account, request(), context());
    expect(done).toMatchObject({
      ok: true,
      value: [
        { type: 'SignalActedOn', outcome: { kind: 'armed', positionId: 'p1', triggerId: 'act' } },
        {
          type: 'TriggerArmed',
          trigger: { id: 'act', when, expiresAt: 9_000, action: { kind: 'open', entry } },
        },
      ],
    });
  });

  it.each<[string, readonly AccountEvent[], Partial<ActOnSignal>, number, string]>([
    ['it is not there', [], {}, 2_000, 'NOT_ACTIVE'],
    ['its time is over', [created()], {}, 9_000, 'SIGNAL_OVER'],
    [
      'nobody says what to open',
      [{ type: 'SignalCreated', signal: without('entry') }],
      {},
      2_000,
      'NO_ENTRY',
    ],
    [
      'the entry is of the other side',
      [created()],
      { entry: { ...entry, side: 'short' } },
      2_000,
      'OTHER_ENTRY',
    ],
    ['the account is halted', [created(), { type: 'TradingHalted', ...by }], {}, 2_000, 'TRADING_HALTED'],
    [
      'it would arm while halted',
      [created({ when }), { type: 'TradingHalted', ...by }],
      {},
      2_000,
      'TRADING_HALTED',
    ],
  ])('is not acted on when %s', (_what, events, parts, exchangeAt, reason) => {
    expect(actOnSignal(given(...events), request(parts), context(exchangeAt))).toMatchObject({
      refusal: { reason },
    });
  });

  it('expires at the first tick at its end, and not before', () => {
    const account = given(created());
    expect(expireSignal(account, { signalId: 's1', tick: at(8_999) })).toMatchObject({
      refusal: { reason: 'LEVEL_NOT_REACHED' },
    });
    const expired = expireSignal(account, { signalId: 's1', tick: at(9_000) });
    if (!expired.ok) throw new Error('refused');
    const after = expired.value.reduce(evolve, account);
    expect([after.signals.get('s1')?.status, after.activeSignalIds.size]).toEqual(['expired', 0]);
    expect(expireSignal(after, { signalId: 's1', tick: at(9_001) }).ok).toBe(false);
    expect(closeSignal(after, { signalId: 's1', by }).ok).toBe(false);
  });

  it('is closed, whether it was acted on or not, once', () => {
    const event: AccountEvent = { type: 'SignalClosed', signalId: 's1', symbol: 'BAC', by };
    expect(closeSignal(given(created()), { signalId: 's1', by })).toEqual({ ok: true, value: [event] });
    const after = given(created(), event);
    expect(after.signals.get('s1')?.status).toBe('closed');
    expect(closeSignal(after, { signalId: 's1', by })).toMatchObject({ refusal: { reason: 'NOT_OPEN' } });
    expect(expireSignal(after, { signalId: 's1', tick: at(9_000) }).ok).toBe(false);
  });
});

function without(_field: 'entry'): SignalTerms {
  const { entry: _entry, ...rest } = signal();
  return rest;
}
