import { type AccountDocument, type AccountRef, type Commit, paths } from '@bellwether/contracts';
import { type Account, type TriggerTerms, armTrigger, disarmTrigger, requestClose } from '@bellwether/domain';
import { type TestEmulators, startTestEmulators } from '@bellwether/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AccountStore,
  type CommitOutcome,
  WrongTenantError,
  readCommits,
  readDocument,
} from '../src/index.ts';
import {
  adopted,
  byCommand,
  byFrame,
  closed,
  commitTo,
  halted,
  newAccount,
  opened,
  resumed,
  storeOn,
} from './store.builder.ts';

describe('an account', () => {
  let cloud: TestEmulators;
  let account: AccountRef;
  let store: AccountStore;

  beforeAll(async () => {
    cloud = await startTestEmulators();
  });
  afterAll(async () => cloud.close());
  beforeEach(async () => {
    account = newAccount();
    store = storeOn(cloud);
    await commitTo(store, account, [opened(account), adopted('p1')], { positionIds: ['p1'] });
  });

  const journal = async (of: AccountRef): Promise<readonly Commit[]> =>
    (await readCommits(cloud.firestore, of, 1, 100)).map(({ commit }) => commit);
  /** Who asks for the account in another tenant's and another user's name. */
  const strangers = (): readonly [AccountRef, AccountRef] => [
    { ...account, tenant: 'evil' },
    { ...account, uid: 'eve' },
  ];

  describe('under the name of another tenant or user', () => {
    it('is not changed, neither while it is warm nor cold', async () => {
      for (const each of [store, storeOn(cloud)]) {
        const [ofTenant, ofUser] = strangers();
        await expect(commitTo(each, ofTenant, [resumed])).rejects.toThrow(WrongTenantError);
        expect((await seenBy(each, ofUser)).image?.openPositionIds.size).toBe(0);
      }
      expect(await journal(account)).toHaveLength(1);
      const head = readDocument<AccountDocument>(await cloud.firestore.doc(paths.account(account)).get());
      expect(head).toMatchObject({ tenantId: 'acme', version: 1, trading: 'halted' });
    });

    it('does not hide the account from its owner', async () => {
      for (const stranger of strangers()) {
        const cold = storeOn(cloud);
        await seenBy(cold, stranger).catch(() => undefined);
        expect((await seenBy(cold, account)).image?.openPositionIds).toEqual(new Set(['p1']));
      }
    });
  });

  it('does not take for its own what another account of its user has under the same id', async () => {
    const other = { ...account, accountId: `${account.uid}.other` };
    const trigger: TriggerTerms = {
      id: 't1',
      symbol: 'BTC-USDT',
      priceSource: 'trade',
      when: { kind: 'time', at: 9 },
      action: { kind: 'notify' },
      armedFrom: { at: 0 },
    };
    const needs = { positionIds: ['p1'], triggerIds: ['t1'] };
    await commitTo(store, account, [{ type: 'TriggerArmed', trigger }], needs);
    await commitTo(store, other, [opened(other), resumed]);
    const by = { actor: 'test', reason: '' };
    const { tick } = closed('p1');
    const market = () => ({ trade: tick });
    const close = { positionId: 'p1', size: 'all', reason: 'manual', by } as const;
    const said: unknown[] = [];
    for (const each of [store, storeOn(cloud)])
      await each.commit<never>(other, {
        cause: byFrame,
        traceparent: '',
        ...needs,
        decide: (image) => {
          said.push(
            requestClose(image, close, { market, now: 1 }),
            disarmTrigger(image, { triggerId: 't1', by }),
            armTrigger(image, trigger),
          );
          return { events: [] };
        },
      });
    const answers = [
      { reason: 'NO_OPEN_POSITION', positionId: 'p1' },
      { reason: 'NOT_ACTIVE', triggerId: 't1' },
      { reason: 'TRIGGER_EXISTS', triggerId: 't1' },
    ].map((refusal) => ({ ok: false, refusal }));
    expect(said.slice(-3)).toEqual(answers);
    expect(said.slice(0, 3)).toEqual(answers);
    expect((await seenBy(store, account)).image?.positions.get('p1')?.status).toBe('open');
  });

  it('does not keep in memory all that is over, and reads it again when it is asked for', async () => {
    const ids = Array.from({ length: 150 }, (_, i) => `over${i}`);
    await commitTo(
      store,
      account,
      ids.flatMap((id) => [adopted(id), closed(id)]),
      { positionIds: ids },
    );
    const { image } = await seenBy(store, account);
    expect([...(image?.positions.keys() ?? [])]).toEqual(['p1']);
    let status: string | undefined;
    await store.commit<never>(account, {
      cause: byFrame,
      traceparent: '',
      positionIds: ['over1'],
      decide: ({ positions }) => {
        status = positions.get('over1')?.status;
        return { events: [] };
      },
    });
    expect(status).toBe('closed');
  });

  it('is not changed by the repeat of a command that had nothing to change', async () => {
    await commitTo(store, account, [resumed], byCommand('first'));
    const resume = async (each: AccountStore) =>
      each.commit<never>(account, {
        ...byCommand('again'),
        traceparent: '',
        decide: ({ trading }) => ({ events: trading === 'active' ? [] : [resumed] }),
      });
    expect(await resume(store)).toEqual({ status: 'unchanged', version: 2 });
    await commitTo(store, account, [halted], byCommand('halt'));
    for (const each of [store, storeOn(cloud)])
      expect(await resume(each)).toEqual({ status: 'repeated', seq: 2 });
    expect((await seenBy(store, account)).image?.trading).toBe('halted');
  });
});

/** What a decision sees. */
async function seenBy(
  each: AccountStore,
  of: AccountRef,
): Promise<{ image?: Account; outcome: CommitOutcome<never> }> {
  const seen: Account[] = [];
  const outcome = await each.commit<never>(of, {
    cause: byFrame,
    traceparent: '',
    positionIds: ['p1'],
    decide: (image) => {
      seen.push(image);
      return { events: [] };
    },
  });
  const image = seen.at(-1);
  return image === undefined ? { outcome } : { image, outcome };
}
