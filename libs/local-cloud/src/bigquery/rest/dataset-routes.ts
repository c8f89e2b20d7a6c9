import type { CloudClock } from '../../core/clock.ts';
import type { Dataset } from '../catalogue/catalogue.ts';
import { mergeSettings } from '../catalogue/table.ts';
import { invalid } from '../errors.ts';
import { objectOf } from '../json.ts';
import type { Store } from '../store/store.ts';
import { pageOf } from './route.ts';
import type { Route } from './route.ts';

const settingKeys = ['friendlyName', 'description', 'labels'];

export function datasetRoutes(store: Store, clock: CloudClock): Route[] {
  const nowMs = (): number => Number(clock.nowMicros() / 1000n);
  const one = '/projects/{project}/datasets/{dataset}';
  return [
    {
      method: 'POST',
      pattern: '/projects/{project}/datasets',
      handle: async ({ path, body }) => {
        const { datasetId } = objectOf(body['datasetReference']);
        if (typeof datasetId !== 'string' || !/^\w{1,1024}$/.test(datasetId)) {
          throw invalid(`Invalid dataset ID "${String(datasetId)}"`);
        }
        const at = nowMs();
        const location = typeof body['location'] === 'string' ? body['location'] : 'US';
        const settings = mergeSettings({}, body, settingKeys);
        const dataset = {
          project: path('project'),
          id: datasetId,
          location,
          settings,
          createdAtMs: at,
          modifiedAtMs: at,
        };
        await store.createDataset(dataset);
        return toResource(dataset);
      },
    },
    {
      method: 'GET',
      pattern: '/projects/{project}/datasets',
      handle: ({ path, query }) => {
        const { items, nextPageToken } = pageOf(store.catalogue.datasets(path('project')), query);
        return { kind: 'bigquery#datasetList', datasets: items.map(toResource), nextPageToken };
      },
    },
    {
      method: 'GET',
      pattern: one,
      handle: ({ path }) => toResource(store.catalogue.dataset(path('project'), path('dataset'))),
    },
    {
      method: 'PATCH',
      pattern: one,
      handle: async ({ path, body }) =>
        toResource(
          await store.patchDataset(path('project'), path('dataset'), (dataset) => ({
            ...dataset,
            settings: mergeSettings(dataset.settings, body, settingKeys),
            modifiedAtMs: nowMs(),
          })),
        ),
    },
    {
      method: 'DELETE',
      pattern: one,
      handle: async ({ path, query }) => {
        await store.deleteDataset(path('project'), path('dataset'), query.get('deleteContents') === 'true');
        return undefined;
      },
    },
  ];
}

function toResource({ project, id, location, settings, createdAtMs, modifiedAtMs }: Dataset): object {
  return {
    kind: 'bigquery#dataset',
    id: `${project}:${id}`,
    datasetReference: { projectId: project, datasetId: id },
    location,
    ...settings,
    creationTime: String(createdAtMs),
    lastModifiedTime: String(modifiedAtMs),
  };
}
