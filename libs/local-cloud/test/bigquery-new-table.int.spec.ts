import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adapt, managedwriter } from '@google-cloud/bigquery-storage';

import { closeWriterClient, newWriterClient, project, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

const fields = [{ name: 'n', type: 'INT64' }];
const newTableMs = 60_000;

describe('a table that is still too new to stream into', () => {
  let fixture: Fixture;
  let nowMs = Date.parse('2024-03-02T12:00:00Z');

  beforeAll(async () => {
    fixture = await startFixture(undefined, { nowMicros: () => BigInt(nowMs) * 1000n }, { newTableMs });
    await fixture.bigquery.createDataset('d');
  });
  afterAll(() => fixture.server.close());

  it('is not found by insertAll, and found by everything else', async () => {
    const [table] = await fixture.bigquery.dataset('d').createTable('inserted', { schema: { fields } });
    await expect(table.insert([{ n: 1 }])).rejects.toMatchObject({
      code: 404,
      errors: [{ reason: 'notFound' }],
    });
    await fixture.bigquery.query('INSERT INTO d.inserted VALUES (2)');
    expect(await table.exists()).toEqual([true]);
    nowMs += newTableMs;
    await table.insert([{ n: 3 }]);
    expect((await fixture.bigquery.query('SELECT n FROM d.inserted ORDER BY n'))[0]).toEqual([
      { n: 2 },
      { n: 3 },
    ]);
  });

  it('is not found by AppendRows', async () => {
    await fixture.bigquery.dataset('d').createTable('appended', { schema: { fields } });
    const stored = adapt.convertBigQuerySchemaToStorageTableSchema({ fields });
    const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(stored, 'root');
    const client = newWriterClient(fixture.server.storagePort);
    const append = async () => {
      const connection = await client.createStreamConnection({
        streamId: managedwriter.DefaultStream,
        destinationTable: `projects/${project}/datasets/d/tables/appended`,
      });
      connection.onConnectionError(() => undefined);
      const writer = new managedwriter.JSONWriter({ connection, protoDescriptor });
      try {
        return await writer.appendRows([{ n: 1 }]).getResult();
      } finally {
        connection.close();
      }
    };
    await expect(append()).rejects.toMatchObject({ code: 5 });
    nowMs += newTableMs;
    expect(await append()).toMatchObject({ appendResult: {} });
    await closeWriterClient(client);
  });
});
