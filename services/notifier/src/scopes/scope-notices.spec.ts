import { type ScopeCommit, systemScope } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { renderMessage } from '../messages/render-message.ts';
import { differed, paused, resumed, scopeCommitOf } from './scope.builder.ts';
import { scopeNoticesOf } from './scope-notices.ts';

const committedAt = 1_795_252_613_500.25;
const by = { actor: 'ann', reason: 'maintenance' };
const tenant = { kind: 'tenant', tenant: 't1' } as const;

/** Whom, under which event, and how it is said. */
function told(commit: ScopeCommit) {
  return scopeNoticesOf(commit, committedAt).map(({ to, noticeFor }) => {
    const notice = noticeFor('t1');
    const [embed] = renderMessage([{ notice, possibleRepeat: false }]).embeds ?? [];
    const fields = (embed?.fields ?? []).map(({ name, value }) => `${name}: ${value}`);
    const lines = embed?.description?.split('\n') ?? [];
    return { to, eventId: notice.eventId, title: embed?.title, says: [...fields, ...lines] };
  });
}

describe('what the commit of a scope tells', () => {
  it('is a halt, to the whole scope, once', () => {
    const commit = scopeCommitOf(tenant, [{ type: 'TradingHalted', ...by, until: 1_795_305_600_000 }], 4);
    expect(told(commit)).toEqual([
      {
        to: { kind: 'scope', scope: tenant },
        eventId: 'tenant:t1:0000000004:0',
        title: 'Trading halted in all accounts of the tenant by ann',
        says: ['By: ann', 'Reason: maintenance', 'Until: 2026-11-22 00:00:00.000 UTC'],
      },
    ]);
  });

  it('is a halt of a user, a flatten of everything, and their end', () => {
    const user = { kind: 'user', tenant: 't1', uid: 'u1' } as const;
    const titles = [
      told(scopeCommitOf(user, [{ type: 'TradingReduced', ...by, flatten: false }])),
      told(scopeCommitOf(systemScope, [{ type: 'TradingReduced', ...by, flatten: true }])),
      told(scopeCommitOf(systemScope, [{ type: 'TradingResumed', ...by }])),
    ].flatMap((all) => all.map(({ title }) => title));
    expect(titles).toEqual([
      'Trading reduced in all accounts of the user by ann',
      'Trading being flattened everywhere by ann',
      'Trading resumed everywhere by ann',
    ]);
  });

  it('is that a symbol pauses, to those whom it concerns, and that it fires again', () => {
    const commit = scopeCommitOf(systemScope, [paused('BTC-USDT', 'suspect'), resumed('SPY')]);
    expect(told(commit)).toEqual([
      {
        to: { kind: 'symbols', symbols: ['BTC-USDT'] },
        eventId: 'system:0000000001:0',
        title: 'BTC-USDT has prices that may be wrong: no exit or trigger fires',
        says: ['Reason: no tick for 30 s', 'Since: 2026-11-21 09:16:53.123 UTC'],
      },
      {
        to: { kind: 'symbols', symbols: ['SPY'] },
        eventId: 'system:0000000001:1',
        title: 'SPY fires exits and triggers again',
        says: ['Reason: ticks again', 'Since: 2026-11-21 09:16:53.123 UTC'],
      },
    ]);
  });

  it('is one notice for all symbols whose feed goes stale together', () => {
    const symbols = Array.from({ length: 40 }, (_, i) => `SYM-${i}`);
    const [notice, ...others] = told(
      scopeCommitOf(
        systemScope,
        symbols.map((symbol) => paused(symbol)),
      ),
    );
    expect(others).toEqual([]);
    expect(notice?.title).toBe('SYM-0 and 39 more has no fresh prices: no exit or trigger fires');
    expect(notice?.says.slice(2)).toEqual(['Symbols: 40', ...symbols.slice(0, 30), 'and 10 more']);
  });

  it('is what does not add up: all of it to operators, and to a tenant what is of its account', () => {
    const commit = scopeCommitOf(systemScope, [differed('u1.main', 'u2.main')]);
    expect(told(commit)).toMatchObject([
      {
        to: { kind: 'operators' },
        eventId: 'system:0000000001:0',
        title: '2 of 9 accounts do not add up: 2 differences',
        says: [
          'Verified: 9 accounts',
          'Differing: 2',
          'Differences: 2',
          'u1.main books: cash is 5, not 4. rebuild its books',
          'u2.main books: cash is 5, not 4. rebuild its books',
        ],
      },
      {
        to: { kind: 'account', accountId: 'u1.main' },
        eventId: 'system:0000000001:0:u1.main',
        title: 'What is stored of u1.main does not add up',
        says: ['Account: u1.main', 'books: cash is 5, not 4. rebuild its books'],
      },
      { to: { kind: 'account', accountId: 'u2.main' }, eventId: 'system:0000000001:0:u2.main' },
    ]);
  });
});
