import type { CloudClock } from '../../core/clock.ts';
import type { Dataset } from '../catalogue/catalogue.ts';
import { mergeSettings } from '../catalogue/table.ts';
import type { TableSettings } from '../catalogue/table.ts';
import { invalid } from '../errors.ts';
import { objectOf } from '../json.ts';
import type { Store } from '../store/store.ts';
import { etagOf, requireMatch } from './etag.ts';
import { pageOf } from './route.ts';
import type { RestRequest, Route } from './route.ts';

const settingKeys = [
  'friendlyName',
  'description',
  'labels',
  'access',
  'defaultTableExpirationMs',
  'defaultPartitionExpirationMs',
  'isCaseInsensitive',
];

export function datasetRoutes(store: Store, clock: CloudClock): Route[] {
  const nowMs = (): number => Number(clock.nowMicros() / 1000n);
  const one = '/projects/{project}/datasets/{dataset}';
  const change = async (request: RestRequest, merge: (settings: TableSettings) => TableSettings) =>
    toResource(
      await store.patchDataset(request.path('project'), request.path('dataset'), (dataset) => {
        requireMatch(request, etagOf(dataset));
        return { ...dataset, settings: merge(dataset.settings), modifiedAtMs: nowMs() };
      }),
    );
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
        const all = store.catalogue.datasets(path('project')).filter(labelFilter(query.get('filter')));
        const { items, nextPageToken } = pageOf(all, query);
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
      handle: (request) => change(request, (settings) => mergeSettings(settings, request.body, settingKeys)),
    },
    {
      method: 'PUT',
      pattern: one,
      handle: (request) => change(request, () => mergeSettings({}, request.body, settingKeys)),
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

/** `labels.key` or `labels.key:value`, several of them apart by spaces. */
function labelFilter(filter: string | null): (dataset: Dataset) => boolean {
  const wanted = (filter ?? '').split(' ').filter((part) => part !== '' && part !== 'AND');
  const tests = wanted.map((part) => {
    const match = /^labels\.([^:]+)(?::(.*))?$/.exec(part);
    if (match?.[1] === undefined) throw invalid(`Invalid filter: ${part}`);
    return { key: match[1], value: match[2] };
  });
  return ({ settings }) => {
    const labels = objectOf(settings['labels']);
    return tests.every(({ key, value }) => (value === undefined ? key in labels : labels[key] === value));
  };
}

function toResource(dataset: Dataset): object {
  const { project, id, location, settings, createdAtMs, modifiedAtMs } = dataset;
  return {
    kind: 'bigquery#dataset',
    etag: etagOf(dataset),
    id: `${project}:${id}`,
    datasetReference: { projectId: project, datasetId: id },
    location,
    ...settings,
    creationTime: String(createdAtMs),
    lastModifiedTime: String(modifiedAtMs),
  };
}
