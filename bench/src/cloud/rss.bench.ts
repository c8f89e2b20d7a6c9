import protos from '@google-cloud/firestore-api/protos';
import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { fillWithPositions, positionFields } from './documents.ts';

const documents = 100_000;

export default benchmark({
  question: `How much memory does \`bellwether cloud\` hold with ${documents} documents of 316 bytes?`,
  unit: 'MiB',
  target: { value: { atMost: 250 } },
  samples: 5,
  timeLimitSeconds: 300,
  setup: () => undefined,
  check() {
    const name = 'projects/bellwether-local/databases/(default)/documents/positions/000000007';
    const fields: Record<string, object> = {};
    for (const [field, value] of Object.entries(positionFields(7)))
      fields[field] = typeof value === 'number' ? { integerValue: value } : { stringValue: value };
    const document = protos.google.firestore.v1.Document.encode({ name, fields });
    assert.equal(document.finish().length, 316);
  },
  async subject() {
    const cloud = await startCloudProcess();
    try {
      await fillWithPositions(cloud, documents);
      await delay(2000); // what the commits left is collected while nobody asks
      return (await cloud.cost()).rssBytes / 2 ** 20;
    } finally {
      await cloud.close();
    }
  },
});
