import { type BatchPerformanceDocument, type WriteRatesDocument, paths } from '@bellwether/contracts';
import { createLogger, systemClock as clock, systemIds as ids } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type PacedFirestore, WritesShedError, connectPaced, readDocument } from '../src/index.ts';

jest.setTimeout(20_000);

describe('paced writes on Firestore', () => {
  let cloud: TestCloud;
  let processes: PacedFirestore[] = [];
  const logger = createLogger({ service: 'test', level: 'silent' });

  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterEach(async () => {
    await faults('DELETE');
    await Promise.all(processes.map(async (each) => each.close()));
    processes = [];
  });
  afterAll(async () => cloud.close());

  async function faults(method: string, body?: object): Promise<void> {
    const response = await fetch(`http://${cloud.hosts.ops}/faults`, {
      method,
      headers: { authorization: `Bearer ${cloud.faultToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
  }
  const refuse = async (resource: string, times: number): Promise<void> =>
    faults('POST', {
      at: { service: 'firestore', method: 'Commit', side: 'before', resource, times },
      do: { kind: 'error', code: 'RESOURCE_EXHAUSTED' },
    });

  function start(name: string, limits = 'aggressive'): PacedFirestore {
    const started = connectPaced(
      { ...cloud.environment, WRITE_LIMITS: limits },
      { name, clock, ids, logger },
    );
    processes.push(started);
    return started;
  }
  const channel = { kind: 'discordWebhook', status: 'active' };
  const background = { tenant: 'acme', uid: 'ann', priority: 'background' } as const;
  const writeTo = async ({ writes }: PacedFirestore, id: string) =>
    writes.write(background, (batch) => batch.set(paths.channel('acme', id), channel));

  async function performanceOf(name: string) {
    const document = await cloud.firestore.doc(paths.batchPerformance()).get();
    return readDocument<BatchPerformanceDocument>(document)?.processes[name];
  }

  it('notice a refusal that the client would only try again, and hold back until a probe is written', async () => {
    const one = start('one');
    await refuse('channels/refused', 1);
    const refused = writeTo(one, 'refused');
    let isHeld = true;
    await eventually(async () => {
      const probe = one.writes.write({ ...background, patienceMs: 0 }, (batch) =>
        batch.set(paths.channel('acme', 'impatient'), channel),
      );
      await expect(probe).rejects.toThrow(WritesShedError);
    });
    const held = writeTo(one, 'held').then((results) => {
      isHeld = false;
      return results;
    });
    await refused;
    expect(isHeld).toBe(true);
    const execution = await one.firestore.doc(paths.channel('acme', 'execution')).set(channel);
    const [written] = await held;
    expect(written?.writeTime.valueOf()).toBeDefined();
    expect(execution.writeTime.valueOf() < written!.writeTime.valueOf()).toBe(true);
    await one.close();
    expect(await performanceOf('one')).toMatchObject({ state: 'closed', exhausted: 1, opened: 1 });
  });

  it('refuse commands when a second without background work did not help', async () => {
    const one = start('two', 'conservative');
    await refuse('channels/refused', 1_000);
    const refused = writeTo(one, 'refused');
    await eventually(
      async () =>
        expect(one.writes.admit({ ...background, priority: 'command' }, ['tenants/acme'])).rejects.toThrow(
          'not written: Firestore refuses writes for lack of quota',
        ),
      { timeoutMs: 10_000 },
    );
    await faults('DELETE');
    await refused;
  });

  it('tell what each process has written, and for whom, and do not count that', async () => {
    const [ledger, history] = [start('ledger'), start('history')];
    await writeTo(ledger, 'x');
    await writeTo(ledger, 'y');
    await writeTo(history, 'z');
    ledger.writes.count({ tenant: 'acme', uid: 'bob' }, ['users/bob/accounts/bob.main']);
    await ledger.close();
    await history.close();
    expect(await performanceOf('ledger')).toMatchObject({
      profile: 'aggressive',
      state: 'closed',
      batches: 2,
      writes: 2,
      executions: 1,
    });
    expect(await performanceOf('history')).toMatchObject({ batches: 1, writes: 1, executions: 0 });
    const rates = await cloud.firestore.doc(paths.writeRates('ann')).get();
    expect(readDocument<WriteRatesDocument>(rates)).toMatchObject({
      tenantId: 'acme',
      processes: { ledger: { batches: 2, writes: 2 }, history: { batches: 1, writes: 1 } },
    });
    expect(rates.get('expireAt')).toBeDefined();
  });

  it('write nothing when nothing is to be written, and report nothing', async () => {
    const one = start('idle');
    expect(await one.writes.write(background, () => undefined)).toEqual([]);
    await one.close();
    expect(await performanceOf('idle')).toBeUndefined();
  });

  it('do not start with limits that nobody knows', () => {
    expect(() => start('none', 'turbo')).toThrow('WRITE_LIMITS must be one of default, conservative');
  });
});
