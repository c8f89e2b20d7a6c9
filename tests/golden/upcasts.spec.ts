import {
  type AccountDocumentV1,
  Commit,
  type PositionDocumentV1,
  type TriggerDocumentV1,
  currentAccount,
  currentPosition,
  currentTrigger,
  mainAccount,
  paths,
  shardOf,
} from '@bellwether/contracts';
import { foldJournal } from '@bellwether/store';
import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/root.ts';

const golden = join(root, 'tests/golden');
function read(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(golden, ...path), 'utf8'));
}

const files = readdirSync(join(golden, 'commits-v1'));
const commits = files.map((file) => Commit.parse(read('commits-v1', file)));

const ann = mainAccount('acme', 'ann');
const shards = 2;
const symbol = 'BTC-USDT';
const stands = {
  tenantId: 'acme',
  uid: 'ann',
  accountId: 'ann.main',
  symbol,
  shard: shardOf(symbol, shards),
  changedAt: 0,
} as const;

/** The document after the first so many entries, by the journal. */
function folded(entries: number, path: string): object {
  return { ...foldJournal(ann, commits.slice(0, entries), shards).get(path) };
}

describe('what was stored in schema 1', () => {
  it('says in the words of today what it said then', () => {
    const events = Object.fromEntries(files.map((file, i) => [file, commits[i]?.events]));
    expect(events).toEqual(read('read-today', 'commits-v1.json'));
  });

  it('has documents of positions that are what the journal folds to', () => {
    const terms = {
      id: 'p1',
      symbol,
      side: 'long',
      quantity: '0.05',
      entryPrice: '64250',
      quoteCurrency: 'USDT',
      priceSource: 'trade',
      exits: { stopLoss: '64012.25', takeProfit: '64900', trailing: { distance: '300' } },
      armedFrom: { epoch: 'tape-0000000003', ordinal: 120 },
      openedAt: 1_795_252_600_000,
    } as const;
    const open: PositionDocumentV1 = { ...stands, version: 4, details: { ...terms, status: 'open' } };
    const closed: PositionDocumentV1 = {
      ...stands,
      version: 7,
      details: {
        ...terms,
        status: 'closed',
        reason: 'stopLoss',
        exitPrice: '64011.5',
        closedAt: 1_795_252_613_120,
        realizedPnl: '-11.925',
      },
    };
    const path = paths.openPosition('ann', 'p1');
    expect(currentPosition(open)).toEqual({ ...folded(4, path), changedAt: 0 });
    expect(currentPosition(closed)).toEqual({ ...folded(7, path), changedAt: 0 });
  });

  it('has documents of triggers that are what the journal folds to', () => {
    const terms = {
      id: 't1',
      symbol,
      priceSource: 'trade',
      when: { direction: 'above', price: '64500' },
      action: { notify: true },
      armedFrom: { at: 1_795_252_600_000 },
    } as const;
    const active: TriggerDocumentV1 = { ...stands, version: 5, details: { ...terms, status: 'active' } };
    const fired: TriggerDocumentV1 = { ...stands, version: 6, details: { ...terms, status: 'fired' } };
    const path = paths.tradeTrigger('ann', 't1');
    expect(currentTrigger(active)).toEqual({ ...folded(5, path), changedAt: 0 });
    expect(currentTrigger(fired)).toEqual({ ...folded(6, path), changedAt: 0 });
  });

  it('has documents of accounts that are what the journal folds to, but for who holds them', () => {
    const { tenantId, uid, accountId } = stands;
    const active: AccountDocumentV1 = {
      tenantId,
      uid,
      accountId,
      version: 2,
      headHash: commits[1]?.hash ?? '',
      trading: 'active',
      openPositionIds: [],
      activeTriggerIds: [],
      cash: {},
    };
    const halted: AccountDocumentV1 = {
      ...active,
      version: 3,
      headHash: commits[2]?.hash ?? '',
      trading: 'halted',
    };
    const path = paths.account(ann);
    expect(folded(2, path)).toMatchObject(currentAccount(active));
    const { holds, ...rest } = currentAccount(halted);
    expect(folded(3, path)).toMatchObject(rest);
    expect([currentAccount(active).holds, holds]).toMatchObject([
      [],
      [{ scope: 'account', state: 'halted' }],
    ]);
  });
});
