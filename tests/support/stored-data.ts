import type { AccountRef } from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import { AccountStore, connectFirestore } from '@bellwether/store';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { join } from 'node:path';
import { runToEnd, temporaryFolder } from './bellwether.ts';

/** A data directory over which nothing runs but what a test runs. */
export interface StoredData {
  readonly directory: string;
  /** A command over it, to its end. */
  readonly run: (...args: readonly string[]) => ReturnType<typeof runToEnd>;
  /** Changes what is stored. */
  readonly change: (act: (cloud: TestCloud) => Promise<unknown>) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** @param fill writes what it holds from the start. */
export async function storedData(fill: (cloud: TestCloud) => Promise<unknown>): Promise<StoredData> {
  const folder = await temporaryFolder();
  const directory = join(folder.path, 'data');
  const change: StoredData['change'] = async (act) => {
    const cloud = await startTestCloud({ dataDir: directory });
    await act(cloud);
    await cloud.close();
  };
  await change(fill);
  return {
    directory,
    run: async (...args) => runToEnd([...args, '--data-dir', directory]),
    change,
    remove: folder.remove,
  };
}

/** Commits that the account is opened, and what has happened to it besides. */
export async function openAccount(
  { environment }: TestCloud,
  account: AccountRef,
  ...besides: readonly AccountEvent[]
): Promise<void> {
  const firestore = connectFirestore(environment);
  const logger = createLogger({ service: 'test', level: 'silent' });
  const store = new AccountStore({ firestore, clock: systemClock, ids: systemIds, logger, shards: 2 });
  await store.commit(account, {
    cause: { kind: 'command', name: 'OpenAccount', key: 'open' },
    traceparent: '',
    decide: () => ({ events: [{ type: 'AccountOpened', ...account }, ...besides] }),
  });
  await firestore.terminate();
}
