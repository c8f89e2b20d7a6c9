import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { objectOf } from '../src/bigquery/json.ts';
import { startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

describe('load jobs', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture();
    await fixture.bigquery.createDataset('d');
  });
  afterAll(() => fixture.server.close());

  const load = async (configuration: object, media: string): Promise<unknown> => {
    const destinationTable = { projectId: 'demo', datasetId: 'd', tableId: 't' };
    const resource = JSON.stringify({ configuration: { load: { destinationTable, ...configuration } } });
    const head = 'content-type: application/json\r\n\r\n';
    const response = await fetch(
      `http://127.0.0.1:${fixture.server.port}/upload/bigquery/v2/projects/demo/jobs?uploadType=multipart`,
      {
        method: 'POST',
        headers: { 'content-type': 'multipart/related; boundary=x' },
        body: `--x\r\n${head}${resource}\r\n--x\r\n${head}${media}\r\n--x--`,
      },
    );
    const { jobReference } = objectOf(await response.json());
    const job = fixture.bigquery.job(String(objectOf(jobReference)['jobId']), { location: 'US' });
    await job.promise();
    await job.getMetadata();
    return job.metadata;
  };

  it('make a table of uploaded CSV, append JSON lines, and store nothing of a bad file', async () => {
    const schema = {
      fields: [
        { name: 'id', type: 'INTEGER' },
        { name: 'name', type: 'STRING' },
      ],
    };
    const metadata = await load({ schema, skipLeadingRows: 1 }, 'id,name\n1,"a, b"\n2,\n');
    expect(metadata).toMatchObject({ status: { state: 'DONE' }, statistics: { load: { outputRows: '2' } } });
    const sourceFormat = 'NEWLINE_DELIMITED_JSON';
    await load({ sourceFormat }, '{"id":3,"name":"c"}\n');
    await expect(load({ sourceFormat }, '{"id":4}\n{"id":"x"}\n')).rejects.toThrow('row 2');
    const [rows] = await fixture.bigquery.query('SELECT id, name FROM d.t ORDER BY id');
    expect(rows).toEqual([
      { id: 1, name: 'a, b' },
      { id: 2, name: null },
      { id: 3, name: 'c' },
    ]);
  });
});
