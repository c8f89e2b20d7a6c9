import { provisionTopology } from '@bellwether/bus';
import {
  Commit,
  ScopeCommit,
  commitAttributes,
  eventId,
  scopeAttributes,
  scopeId,
  sourceOf,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import { countEvents, startHistory } from '@bellwether/history';
import { createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../support/root.ts';

process.env['METADATA_SERVER_DETECTION'] = 'none'; // Google's clients would look for credentials on the network

const logger = createLogger({ service: 'test', level: 'silent' });
const Stored = z.looseObject({ schema: z.int(), uid: z.string().optional() });

/** A commit as it was stored once, the first of an account of its own. */
interface Example {
  readonly file: string;
  /** As it travels: in the shape that it was stored in. */
  readonly json: object;
  readonly commit: Commit | ScopeCommit;
}

const examples: readonly Example[] = [
  ...filesOf('commits-v1').map(({ file, json }) => ofAccount(file, json)),
  ...filesOf('commits-v2').map(({ file, json }) => ofAccount(file, json)),
  ...filesOf('scope-commits-v1').map(({ file, json }) => ofTenant(file, json)),
];

const Row = z.object({
  event_id: z.string(),
  account_id: z.string(),
  scope: z.string().nullable(),
  seq: z.number(),
  event_index: z.number(),
  type: z.string(),
  payload: z.string(),
  commit_hash: z.string(),
});
type Row = z.infer<typeof Row>;

describe('the events of every schema that was ever published', () => {
  let cloud: TestCloud;
  let rows: ReadonlyMap<string, Row>;

  beforeAll(async () => {
    cloud = await startTestCloud();
    await provisionTopology(cloud.pubsub, topologyOf(1));
    const history = await startHistory({ ...cloud.environment, SHARDS: '1' }, logger);
    const topic = cloud.pubsub.topic(topics.events);
    await Promise.all(
      examples.map(async ({ json, commit }) => {
        const attributes = 'scope' in commit ? scopeAttributes(commit) : commitAttributes(commit);
        return topic.publishMessage({ data: Buffer.from(JSON.stringify(json)), attributes });
      }),
    );
    const events = examples.reduce((sum, { commit }) => sum + commit.events.length, 0);
    await eventually(async () => (await countEvents(cloud.bigquery)) === events, { timeoutMs: 30_000 });
    await history.close();
    const [found] = await cloud.bigquery.query('SELECT * FROM bellwether.events');
    rows = new Map(found.map((row) => Row.parse(row)).map((row) => [row.event_id, row]));
  }, 60_000);
  afterAll(async () => cloud.close());

  it('are each there once', () => {
    const ids = examples.flatMap(({ commit }) =>
      commit.events.map((_, index) => eventId(sourceOf(commit), commit.seq, index)),
    );
    expect([...rows.keys()].toSorted()).toEqual(ids.toSorted());
  });

  it.each(examples)('is a row each, and reads back as it is today: $file', ({ commit }) => {
    const source = sourceOf(commit);
    const read = commit.events.map((_, index) => {
      const { payload, ...row } = rows.get(eventId(source, commit.seq, index)) ?? {};
      return { ...row, event: payload === undefined ? undefined : (JSON.parse(payload) as unknown) };
    });
    const isScope = 'scope' in commit;
    expect(read).toEqual(
      commit.events.map((event, index) => ({
        event_id: eventId(source, commit.seq, index),
        account_id: isScope ? '' : commit.accountId,
        scope: isScope ? scopeId(commit.scope) : null,
        seq: commit.seq,
        event_index: index,
        type: event.type,
        commit_hash: commit.hash,
        event,
      })),
    );
    // What was read is an event of the schema, not only the same text.
    const again: unknown = { ...commit, events: read.map(({ event }) => event) };
    expect(isScope ? ScopeCommit.parse(again) : Commit.parse(again)).toEqual(commit);
  });
});

function filesOf(folder: string): readonly { readonly file: string; readonly json: object }[] {
  const path = join(root, 'tests/golden', folder);
  return readdirSync(path).map((file) => ({
    file: `${folder}/${file}`,
    json: Stored.parse(JSON.parse(readFileSync(join(path, file), 'utf8'))),
  }));
}

function ofAccount(file: string, stored: object): Example {
  const json = { ...stored, accountId: `golden.${nameOf(file)}`, seq: 1 };
  return { file, json, commit: Commit.parse(json) };
}

function ofTenant(file: string, stored: object): Example {
  const json = { ...stored, scope: { kind: 'tenant', tenant: nameOf(file) }, seq: 1 };
  return { file, json, commit: ScopeCommit.parse(json) };
}

/** Unlike any other's. */
function nameOf(file: string): string {
  return file.replace(/\W+/g, '-');
}
