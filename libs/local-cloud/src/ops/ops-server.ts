import { timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Meter } from '../core/meter.ts';
import type { RunningServer } from '../core/server.ts';
import { FaultError, parseFaults } from '../faults/fault.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { RequestFeed } from '../faults/request-feed.ts';
import type { Traffic } from '../faults/traffic.ts';
import { indexFileOf, type MissingIndex } from '../firestore/index.ts';
import { startJsonServer } from './json-server.ts';
import type { HttpRequest, JsonReply } from './json-server.ts';

export interface OpsOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly meter: Meter;
  readonly traffic: Traffic;
  /** What Firestore's queries lacked. */
  readonly missingIndexes: () => Promise<readonly MissingIndex[]>;
  /** Who plans faults has to show it: `Authorization: Bearer TOKEN`. */
  readonly faultToken: string;
}

/** A listener of `/requests` that is further behind misses what happens meanwhile. */
const maxUnsentBytes = 1024 * 1024;
const paths = '/stats, /livez, /indexes, /requests or /faults';

/**
 * `GET /stats`: what was metered since the start, the process's resident memory and its time up.
 * `GET /livez`: 200 while the process answers.
 * `GET /indexes`: the index definitions that Firestore's queries lacked, and the index file entries for them.
 * `GET /requests`: each request as it is answered, as server-sent events; what nobody hears is not kept.
 * `POST /faults` plans a fault or `{"faults": [...]}` on top of those planned, `GET` lists them with what they
 * struck, `DELETE` forgets them.
 */
export function startOps(options: OpsOptions): Promise<RunningServer> {
  const { port, meter, traffic, faultToken, missingIndexes } = options;
  const startedAtMs = performance.now();
  return startJsonServer({ port, maxBodyBytes: 1024 * 1024 }, async (request) => {
    const { method, path } = request;
    if (path === '/faults') {
      return isAllowed(request, faultToken)
        ? planFaults(request, traffic.faults)
        : { status: 401, body: { message: 'needs Authorization: Bearer and the token of this run' } };
    }
    if (method !== 'GET') return { status: 405, body: { message: 'only GET' } };
    if (path === '/livez') return { status: 200, body: { status: 'ok' } };
    if (path === '/requests') return eventStream(traffic.feed);
    if (path === '/indexes') {
      const missing = await missingIndexes();
      return { status: 200, body: { missing, file: indexFileOf(missing) } };
    }
    if (path !== '/stats') return { status: 404, body: { message: `try ${paths}` } };
    const uptimeSeconds = (performance.now() - startedAtMs) / 1000;
    return {
      status: 200,
      body: { meter: meter.snapshot(), rssBytes: process.memoryUsage.rss(), uptimeSeconds },
    };
  });
}

function isAllowed({ authorization }: HttpRequest, token: string): boolean {
  const shown = Buffer.from(authorization);
  const wanted = Buffer.from(`Bearer ${token}`);
  return shown.length === wanted.length && timingSafeEqual(shown, wanted);
}

function planFaults({ method, body }: HttpRequest, plan: FaultPlan): JsonReply {
  if (method === 'DELETE') plan.clear();
  else if (method === 'POST') {
    try {
      plan.add(parseFaults(JSON.parse(body)));
    } catch (error) {
      if (!(error instanceof FaultError || error instanceof SyntaxError)) throw error;
      return { status: 400, body: { message: error.message } };
    }
  } else if (method !== 'GET') return { status: 405, body: { message: 'only POST, GET and DELETE' } };
  return { status: 200, body: { faults: plan.list() } };
}

function eventStream(feed: RequestFeed): JsonReply {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    stream: (response: ServerResponse) =>
      feed.listen((request) => {
        if (response.writableLength > maxUnsentBytes) return;
        response.write(`data: ${JSON.stringify(request)}\n\n`);
      }),
  };
}
