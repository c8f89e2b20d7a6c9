import { Commit, ScopeCommit } from '@bellwether/contracts';
import type { AccountEventType } from '@bellwether/domain';
import { hashCommit } from '@bellwether/store';
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/root.ts';

const folder = join(root, 'tests/golden/commits-v1');
const stored = readdirSync(folder).map((file) => {
  const json: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return { file, json };
});
const everyType: Record<AccountEventType, true> = {
  AccountOpened: true,
  TradingHalted: true,
  TradingResumed: true,
  PositionAdopted: true,
  StopTriggered: true,
  TargetTriggered: true,
  TrailingStopTriggered: true,
  OrderFilled: true,
  PositionClosed: true,
  TriggerArmed: true,
  TriggerFired: true,
};

describe('commits as they were stored once', () => {
  it.each(stored)('still read: $file', ({ json }) => {
    const commit = Commit.parse(json);
    expect(commit).toEqual(json);
  });

  it.each(stored)('still have the hash that they were chained with: $file', ({ json }) => {
    const { hash, ...rest } = Commit.parse(json);
    expect(hashCommit(rest)).toBe(hash);
  });

  it('hold an example of every event', () => {
    const types = stored.flatMap(({ json }) => Commit.parse(json).events.map(({ type }) => type));
    expect(new Set(types)).toEqual(new Set(Object.keys(everyType)));
  });
});

const scopeFolder = join(root, 'tests/golden/scope-commits-v1');
const ofScopes = readdirSync(scopeFolder).map((file) => {
  const json: unknown = JSON.parse(readFileSync(join(scopeFolder, file), 'utf8'));
  return { file, json };
});
const everyScopeType: Record<ScopeCommit['events'][number]['type'], true> = {
  SymbolPaused: true,
  SymbolResumed: true,
};

describe('commits of scopes as they were stored once', () => {
  it.each(ofScopes)('still read, and have their hash: $file', ({ json }) => {
    const commit = ScopeCommit.parse(json);
    expect(commit).toEqual(json);
    const { hash, ...rest } = commit;
    expect(hashCommit(rest)).toBe(hash);
  });

  it('hold an example of every event', () => {
    const types = ofScopes.flatMap(({ json }) => ScopeCommit.parse(json).events.map(({ type }) => type));
    expect(new Set(types)).toEqual(new Set(Object.keys(everyScopeType)));
  });
});
