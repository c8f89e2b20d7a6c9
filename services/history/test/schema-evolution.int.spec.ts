import type { Commit } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { eventually } from '@bellwether/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { connectWriteApi } from '../src/bigquery/connect.ts';
import { datasetId, tableIds } from '../src/bigquery/tables.ts';
import { writeStreamsOf } from '../src/bigquery/write-streams.ts';
import { readConfig } from '../src/config.ts';
import { commitOf } from '../src/events/commit.fixture.ts';
import { encodeEvents, eventColumns } from '../src/events/encode-events.ts';
import { countEvents } from '../src/index.ts';
import { type Column, fieldNumber, rowDescriptor } from '../src/rows/column.ts';
import { RowWriter } from '../src/rows/row-writer.ts';
import { System, eventRowsOf } from './system.ts';

const note: Column = { name: 'note', type: 'STRING', isOptional: true };
/** What a later version may write. */
const laterColumns = [...eventColumns, note];
const publishedAt = 1_700_000_000_000;
const Metadata = z.object({ schema: z.object({ fields: z.array(z.looseObject({ name: z.string() })) }) });

describe('a column that a later version adds to the table of events', () => {
  let system: System;
  beforeEach(async () => {
    system = await System.start();
  });
  afterEach(async () => {
    await system.close();
  });

  it('loses nothing of a writer that does not know it, before, after and across its restart', async () => {
    const commits = Array.from({ length: 12 }, (_, index) => commitOf(index + 1));
    await system.writeJournal(commits);
    const running = await system.startHistory();
    await system.publishCommits(commits.slice(0, 4));
    await untilCounted(8);

    await addColumn();
    await system.publishCommits(commits.slice(4, 8)); // on the connection that is open
    await untilCounted(16);
    const later = [commitOf(1, 'eve'), commitOf(2, 'eve')];
    await appendAsALaterVersion(later);
    await running.close();

    const again = await system.startHistory();
    await system.publishCommits(commits);
    await untilCounted(28);
    await again.close();
    expect(await system.events()).toEqual([...commits, ...later].flatMap(eventRowsOf));
    expect(await columns()).toEqual(laterColumns.map(({ name }) => name));
    const [rows] = await system.cloud.bigquery.query(
      `SELECT account_id, note, COUNT(*) AS rows_of FROM ${datasetId}.${tableIds.events}
       GROUP BY account_id, note ORDER BY account_id, note`,
    );
    expect(rows).toEqual([
      { account_id: 'ann.main', note: null, rows_of: 24 },
      { account_id: 'eve.main', note: 'later', rows_of: 4 },
    ]);
  });

  async function untilCounted(count: number): Promise<void> {
    await eventually(async () => expect(await countEvents(system.cloud.bigquery)).toBe(count));
  }

  async function columns(): Promise<string[]> {
    const answer: readonly unknown[] = await table().getMetadata();
    return Metadata.parse(answer[0]).schema.fields.map(({ name }) => name);
  }

  async function addColumn(): Promise<void> {
    const answer: readonly unknown[] = await table().getMetadata();
    const { fields } = Metadata.parse(answer[0]).schema;
    await table().setMetadata({ schema: { fields: [...fields, { name: note.name, type: note.type }] } });
  }

  function table() {
    return system.cloud.bigquery.dataset(datasetId).table(tableIds.events);
  }

  /** On a write stream of its own, whose schema has the column. */
  async function appendAsALaterVersion(commits: readonly Commit[]): Promise<void> {
    const config = readConfig(system.cloud.environment);
    const client = connectWriteApi(config);
    const descriptor = rowDescriptor(laterColumns);
    const logger = createLogger({ service: 'later', level: 'silent' });
    const { project } = config;
    const streams = writeStreamsOf(client, { project, id: tableIds.events, descriptor }, logger);
    const appender = streams.open(await streams.create());
    const rows = commits.flatMap((commit) => encodeEvents({ commit, publishedAt })).map(withNote);
    expect(await appender.append(0, rows)).toBe('appended');
    appender.close();
    await client.close();
  }
});

function withNote(row: Uint8Array): Uint8Array {
  const writer = new RowWriter(64);
  writer.text(fieldNumber(laterColumns, note.name), 'later');
  writer.endRow();
  return Buffer.concat([row, ...writer.finish()]);
}
