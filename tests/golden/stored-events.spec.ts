import { AccountEventSchema, Commit, ScopeCommit, isAccountEvent } from '@bellwether/contracts';
import type { AccountEventType } from '@bellwether/domain';
import { hashCommit, hashStored } from '@bellwether/store';
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../support/root.ts';

const stored = ['commits-v1', 'commits-v2', 'commits-v3'].flatMap((folder) =>
  readdirSync(join(root, 'tests/golden', folder)).map((file) => {
    const json: unknown = JSON.parse(readFileSync(join(root, 'tests/golden', folder, file), 'utf8'));
    return { file: `${folder}/${file}`, json };
  }),
);
const Stored = z.looseObject({ schema: z.int(), hash: z.string() });
const everyType: Record<AccountEventType, true> = {
  AccountOpened: true,
  AccountConfigured: true,
  TradingHalted: true,
  TradingReduced: true,
  TradingResumed: true,
  FundsDeposited: true,
  DepositReversed: true,
  ShadowReset: true,
  PositionAdopted: true,
  PositionOpened: true,
  PositionIncreased: true,
  PositionReduced: true,
  PositionClosed: true,
  ExitsAmended: true,
  StopMovedToBreakEven: true,
  TrailingStopActivated: true,
  StopTriggered: true,
  TargetTriggered: true,
  TrailingStopTriggered: true,
  TimeExitTriggered: true,
  CloseRequested: true,
  OrderPlaced: true,
  OrderTriggered: true,
  OrderAccepted: true,
  OrderOutcomeUnknown: true,
  OrderCancelRequested: true,
  OrderFilled: true,
  OrderCancelled: true,
  OrderExpired: true,
  OrderRejected: true,
  FundingSettled: true,
  TriggerArmed: true,
  TriggerFired: true,
  TriggerActionRefused: true,
  TriggerDisarmed: true,
  TriggerExpired: true,
  SymbolLocked: true,
  SymbolUnlocked: true,
  EquityMarked: true,
  LimitTripped: true,
  BrokerDifferenceFound: true,
  BrokerDifferenceSettled: true,
  SignalCreated: true,
  SignalActedOn: true,
  SignalExpired: true,
  SignalClosed: true,
  CreditsGranted: true,
  CreditsReserved: true,
  CreditsSettled: true,
  CreditsReleased: true,
  CreditsReversed: true,
};

describe('commits as they were stored once', () => {
  it.each(stored)('still read: $file', ({ json }) => {
    const commit = Commit.parse(json);
    if (Stored.parse(json).schema === 2) expect(commit).toEqual(json);
    else expect(Commit.parse(commit)).toEqual(commit);
  });

  it('read the same however often they are read', () => {
    const first = stored.map(({ json }) => Commit.parse(json));
    for (let reads = 0; reads < 20; reads += 1)
      expect(stored.map(({ json }) => Commit.parse(json))).toEqual(first);
  });

  it.each(stored)('still have the hash that they were chained with: $file', ({ json }) => {
    const { hash, ...rest } = Stored.parse(json);
    expect(hashStored(rest)).toBe(hash);
    expect(hashStored(Stored.parse(json))).toBe(hash);
  });

  it.each(
    stored.flatMap(({ file, json }) => {
      const inFields = stored.find((other) => other.file === file.replace('v3', 'v2'));
      return inFields === undefined || Stored.parse(json).schema !== 3 ? [] : [{ file, json, inFields }];
    }),
  )('say as text what they said in fields: $file', ({ json, inFields }) => {
    const { hash: _, ...commit } = Commit.parse(json);
    expect(inFields.json).toMatchObject(commit);
  });

  it.each([
    ['is no JSON', '[{"type":', 'must be JSON'],
    ['is none', '[]', 'expected array to have >=1 items'],
    ['says nothing known', '[{"type":"Imagined"}]', 'Invalid'],
  ])('do not read where the text of the events %s', (_what, events, message) => {
    const { json } = stored.at(-1)!;
    expect(() => Commit.parse({ ...Stored.parse(json), events })).toThrow(message);
  });

  it('are told from what is none of them as their schema tells them, whatever is wrong', () => {
    const events = stored.flatMap(({ json }) => {
      const isInFields = Stored.parse(json).schema === 2;
      return isInFields ? Commit.parse(json).events : [];
    });
    const toldOtherwise = events
      .flatMap((event) => [event, ...changesOf(event)])
      .filter((changed) => isAccountEvent(changed) !== AccountEventSchema.safeParse(changed).success);
    expect(toldOtherwise).toEqual([]);
  });

  it('hold an example of every event', () => {
    const types = stored.flatMap(({ json }) => Commit.parse(json).events.map(({ type }) => type));
    expect(new Set(types)).toEqual(new Set(Object.keys(everyType)));
  });
});

/** The value with one field of it missing or another, or with one more, however deep. */
function* changesOf(value: unknown): Generator<unknown, void> {
  if (typeof value !== 'object' || value === null) {
    yield* ['', '-1', -1, 0.5, null, {}];
    return;
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    for (const [index, item] of items.entries())
      for (const changed of changesOf(item)) yield items.with(index, changed);
    yield [...items, 'x'];
    return;
  }
  for (const [name, field] of Object.entries(value)) {
    const { [name]: _, ...rest } = Object.fromEntries(Object.entries(value));
    yield rest;
    yield { ...value, [name]: undefined };
    for (const changed of changesOf(field)) yield { ...value, [name]: changed };
  }
  yield { ...value, other: 1 };
}

const scopeFolder = join(root, 'tests/golden/scope-commits-v1');
const ofScopes = readdirSync(scopeFolder).map((file) => {
  const json: unknown = JSON.parse(readFileSync(join(scopeFolder, file), 'utf8'));
  return { file, json };
});
const everyScopeType: Record<ScopeCommit['events'][number]['type'], true> = {
  SymbolPaused: true,
  SymbolResumed: true,
  TradingHalted: true,
  TradingReduced: true,
  TradingResumed: true,
  ReconciliationDiffered: true,
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
