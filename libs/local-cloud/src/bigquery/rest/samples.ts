import { BigQueryError } from '../errors.ts';
import { readTable } from '../catalogue/table.ts';
import { readJsonRow } from '../values/json-row.ts';
import type { JsonObject } from '../json.ts';
import type { Store } from '../store/store.ts';

const project = 'publicdata';
const dataset = 'samples';

const schemas: Readonly<Record<string, JsonObject>> = {
  github_nested: {
    fields: [
      { name: 'url', type: 'STRING' },
      { name: 'public', type: 'BOOLEAN' },
      {
        name: 'repository',
        type: 'RECORD',
        fields: [
          { name: 'owner', type: 'STRING' },
          { name: 'name', type: 'STRING' },
          { name: 'forks', type: 'INTEGER' },
        ],
      },
    ],
  },
  gsod: {
    fields: [
      { name: 'station_number', type: 'INTEGER' },
      { name: 'snow_depth', type: 'FLOAT' },
    ],
  },
};

const rows: Readonly<Record<string, (index: number) => JsonObject>> = {
  github_nested: (index) => ({
    url: `https://github.com/${index % 2 === 0 ? 'google' : 'nodejs'}/sample-${index}`,
    public: true,
    repository: { owner: index % 2 === 0 ? 'google' : 'nodejs', name: `sample-${index}`, forks: index },
  }),
  gsod: (index) => ({ station_number: index, snow_depth: index / 4 }),
};

const rowCount = 200;
let seeding: WeakMap<Store, Promise<void>> | undefined;

/** Makes small tables of the names that Google's public samples have, the first time that a statement names them. */
export function seedSamples(store: Store): Promise<void> {
  seeding ??= new WeakMap();
  const running = seeding.get(store) ?? seed(store);
  seeding.set(store, running);
  return running;
}

async function seed(store: Store): Promise<void> {
  const at = { createdAtMs: 0, modifiedAtMs: 0 };
  await ifNew(store.createDataset({ project, id: dataset, location: 'US', settings: {}, ...at }));
  for (const [name, schema] of Object.entries(schemas)) {
    const table = readTable({ project, dataset, table: name }, { schema }, store.newRowsId(), 0);
    const isNew = await ifNew(store.createTable(table));
    if (!isNew) continue;
    await store.writes.submit((transaction) => {
      const cells = Array.from({ length: rowCount }, (_, index) => {
        const row = readJsonRow(table.columns, rows[name]?.(index) ?? {}, false);
        return row.isOk ? row.cells : [];
      });
      const columns = table.columns.map((_, column) => cells.map((row) => row[column] ?? null));
      return transaction.append(table, { rowCount, columns });
    });
  }
}

async function ifNew(created: Promise<unknown>): Promise<boolean> {
  try {
    await created;
    return true;
  } catch (error) {
    if (error instanceof BigQueryError && error.reason === 'duplicate') return false;
    throw error;
  }
}
