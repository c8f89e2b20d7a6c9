import type { CloudClock } from '../../core/clock.ts';
import { readRoutine, routineName, toRoutineResource } from '../catalogue/routine.ts';
import type { Routine } from '../catalogue/routine.ts';
import { duplicate, notFound } from '../errors.ts';
import { checkedRoutine } from '../sql/statement.ts';
import type { Store } from '../store/store.ts';
import { etagOf, requireMatch } from './etag.ts';
import { pageOf } from './route.ts';
import type { RestRequest, Route } from './route.ts';

/** Functions in SQL. Models are refused where they would be made, so none is ever found. */
export function routineRoutes(store: Store, clock: CloudClock): Route[] {
  const dataset = '/projects/{project}/datasets/{dataset}';
  const nowMs = (): number => Number(clock.nowMicros() / 1000n);
  const read = ({ path, body }: RestRequest): Promise<Routine> =>
    checkedRoutine(readRoutine({ project: path('project'), dataset: path('dataset') }, body, nowMs()), {
      catalogue: store.catalogue,
      project: path('project'),
      nowMicros: clock.nowMicros(),
    });
  return [
    {
      method: 'POST',
      pattern: `${dataset}/routines`,
      handle: async (request) => {
        const routine = await read(request);
        await store.writes.submit(async (transaction) => {
          if (store.catalogue.findRoutine(routine.reference) !== undefined) {
            throw duplicate(`Routine ${routineName(routine.reference)}`);
          }
          await store.putRoutineIn(transaction, routine);
        });
        return show(routine);
      },
    },
    {
      method: 'GET',
      pattern: `${dataset}/routines`,
      handle: ({ path, query }) => {
        store.catalogue.dataset(path('project'), path('dataset'));
        const all = store.catalogue.routines(path('project'), path('dataset'));
        const { items, nextPageToken } = pageOf(all, query);
        return { routines: items.map(show), nextPageToken };
      },
    },
    {
      method: 'GET',
      pattern: `${dataset}/routines/{routine}`,
      handle: (request) => show(store.catalogue.routine(referenceOf(request))),
    },
    {
      method: 'PUT',
      pattern: `${dataset}/routines/{routine}`,
      handle: async (request) => {
        const next = await read(request);
        return store.writes.submit(async (transaction) => {
          const before = store.catalogue.routine(referenceOf(request));
          requireMatch(request, etagOf(before));
          const routine = { ...next, reference: before.reference, createdAtMs: before.createdAtMs };
          await store.putRoutineIn(transaction, routine);
          return show(routine);
        });
      },
    },
    {
      method: 'DELETE',
      pattern: `${dataset}/routines/{routine}`,
      handle: (request) =>
        store.writes.submit(async (transaction) => {
          const { reference } = store.catalogue.routine(referenceOf(request));
          await store.removeRoutineIn(transaction, reference);
          return {};
        }),
    },
    {
      method: 'GET',
      pattern: `${dataset}/models`,
      handle: ({ path }) => {
        store.catalogue.dataset(path('project'), path('dataset'));
        return { models: [] };
      },
    },
    ...['GET', 'PATCH', 'DELETE'].map((method): Route => ({
      method,
      pattern: `${dataset}/models/{model}`,
      handle: ({ path }) => {
        throw notFound(`Model ${path('project')}:${path('dataset')}.${path('model')}`);
      },
    })),
  ];
}

const referenceOf = ({ path }: RestRequest) => ({
  project: path('project'),
  dataset: path('dataset'),
  routine: path('routine'),
});

const show = (routine: Routine): object => ({ ...toRoutineResource(routine), etag: etagOf(routine) });
