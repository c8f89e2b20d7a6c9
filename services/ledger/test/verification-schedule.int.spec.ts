import { provisionTopology } from '@bellwether/bus';
import { mainAccount, paths, systemScope, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger, systemClock, systemIds } from '@bellwether/observability';
import { ScopeStore, readScopeCommits } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { adopted, positionOf } from '../src/commits/commit.builder.ts';
import { startLedger, verify } from '../src/index.ts';
import { VerificationSchedule } from '../src/schedule/verification-schedule.ts';
import { Journal } from './journal.ts';

const logger = createLogger({ service: 'ledger', level: 'silent' });
jest.setTimeout(60_000);

describe('the schedule of verifications', () => {
  const ref = mainAccount('t1', 'ann');
  let cloud: TestCloud;
  let ledger: RunningService;

  beforeAll(async () => {
    cloud = await startTestCloud();
    await provisionTopology(cloud.pubsub, topologyOf(1));
    ledger = await startLedger({ ...cloud.environment, VERIFY_EVERY_MS: '1000' }, logger);
  });
  afterAll(async () => {
    await ledger.close();
    await cloud.close();
  });

  const told = async () => (await readScopeCommits(cloud.firestore, systemScope)).map(({ commit }) => commit);

  it('tells differences in the journal of the system, the same ones once', async () => {
    const journal = new Journal(cloud, ref);
    await journal.publish(await journal.append([adopted(positionOf('p1'))]));
    await cloud.firestore.doc(paths.openPosition('ann', 'p1')).delete();
    await eventually(async () => expect(await told()).toHaveLength(1), { timeoutMs: 30_000 });
    const [commit] = await told();
    expect(commit).toMatchObject({
      scope: systemScope,
      cause: { kind: 'command', name: 'Reconcile' },
      events: [{ type: 'ReconciliationDiffered', accounts: 1, differing: 1, differences: 1 }],
    });

    let rounds = 0;
    const again = new VerificationSchedule({
      everyMs: 1,
      verify: async (signal) => {
        rounds += 1;
        return verify(cloud.firestore, { signal });
      },
      scopes: new ScopeStore({ firestore: cloud.firestore, clock: systemClock, ids: systemIds, logger }),
      ids: systemIds,
      logger,
    });
    again.start();
    await eventually(async () => expect(rounds).toBeGreaterThan(3), { timeoutMs: 30_000 });
    await again.close();
    expect(await told()).toEqual([commit]);

    await cloud.firestore.doc(paths.account(ref)).update({ version: 9 });
    await eventually(async () => expect(await told()).toHaveLength(2), { timeoutMs: 30_000 });
  });
});
