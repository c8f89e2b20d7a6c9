import type { Meter } from '../core/meter.ts';
import type { RunningServer } from '../core/server.ts';
import { startJsonServer } from './json-server.ts';

export interface OpsOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly meter: Meter;
}

/**
 * `GET /stats`: what was metered since the start, the process's resident memory and its time up.
 * `GET /livez`: 200 while the process answers.
 */
export function startOps({ port, meter }: OpsOptions): Promise<RunningServer> {
  const startedAtMs = performance.now();
  return startJsonServer({ port, maxBodyBytes: 1024 }, ({ method, path }) => {
    if (method !== 'GET') return { status: 405, body: { message: 'only GET' } };
    if (path === '/livez') return { status: 200, body: { status: 'ok' } };
    if (path !== '/stats') return { status: 404, body: { message: 'try /stats or /livez' } };
    const uptimeSeconds = (performance.now() - startedAtMs) / 1000;
    return {
      status: 200,
      body: { meter: meter.snapshot(), rssBytes: process.memoryUsage.rss(), uptimeSeconds },
    };
  });
}
