import { join } from 'node:path';

import type { RunningServer, ServerOptions } from '../core/server.ts';
import { objectRoutes } from './objects/object-routes.ts';
import { Objects } from './objects/objects.ts';
import { accessRoutes } from './rest/access-routes.ts';
import { datasetRoutes } from './rest/dataset-routes.ts';
import { jobRoutes } from './rest/job-routes.ts';
import { Jobs } from './rest/jobs.ts';
import { startRestServer } from './rest/rest-server.ts';
import { createRouter } from './rest/route.ts';
import { routineRoutes } from './rest/routine-routes.ts';
import { tableDataRoutes } from './rest/table-data-routes.ts';
import { tableRoutes } from './rest/table-routes.ts';
import { startWriteServer } from './storage/write-server.ts';
import { Store } from './store/store.ts';
import { tableSink } from './store/table-sink.ts';
import type { TableSink } from '../core/table-sink.ts';

export interface BigQueryOptions extends ServerOptions {
  /** Of the Storage Write API; 0 takes any free port. */
  readonly storagePort: number;
  /** The project of requests that name none. */
  readonly defaultProject: string;
  /**
   * Rows that are streamed into a table younger than this are refused with `notFound`, as production does for a while;
   * 0, none, by default.
   */
  readonly newTableMs?: number;
}

export interface RunningBigQuery extends RunningServer {
  readonly storagePort: number;
  /** For other servers of this process. */
  readonly tables: TableSink;
}

/**
 * BigQuery on this machine: REST v2 for `@google-cloud/bigquery` on `port` and the Storage Write API for
 * `@google-cloud/bigquery-storage` on `storagePort`, over one DuckDB database. What it acknowledged is durable when
 * a `dataDir` is given; a query that it cannot answer as BigQuery would is refused with `invalidQuery`.
 */
export async function startBigQuery(options: BigQueryOptions): Promise<RunningBigQuery> {
  const { clock, meter, traffic } = options;
  const store = await Store.open(options.dataDir, clock, options.newTableMs);
  const objects = new Objects(options.dataDir === undefined ? undefined : join(options.dataDir, 'objects'));
  const routes = [
    ...datasetRoutes(store, clock),
    ...tableRoutes(store, clock),
    ...tableDataRoutes(store, clock, meter),
    ...jobRoutes(store, new Jobs(clock, meter), objects),
    ...accessRoutes(store),
    ...routineRoutes(store, clock),
    ...objectRoutes(objects),
  ];
  const servers: RunningServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    await store.close();
    await objects.close();
  };
  try {
    const rest = await startRestServer(options.port, createRouter(routes, options.defaultProject), traffic);
    servers.push(rest);
    const writes = await startWriteServer(options.storagePort, store, clock, meter, traffic);
    servers.push(writes);
    return { port: rest.port, storagePort: writes.port, tables: tableSink(store), close };
  } catch (error) {
    await close();
    throw error;
  }
}
