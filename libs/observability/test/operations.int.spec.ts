import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Operations, type RunningService, ServiceMetrics, createLogger } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

describe('the operations of a process', () => {
  const opened: Operations[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(async (each) => each.close()));
  });

  async function open(port = 0): Promise<Operations> {
    const operations = await Operations.open(port, logger);
    opened.push(operations);
    return operations;
  }

  it('says that the process lives', async () => {
    const { url } = await open();
    const answer = await fetch(`${url}/livez`);
    expect([answer.status, await answer.text()]).toEqual([200, 'alive\n']);
  });

  it('is ready when every service is, and says of each that is not why', async () => {
    const operations = await open();
    const readiness = async () => {
      const answer = await fetch(`${operations.url}/readyz`);
      return { status: answer.status, body: await answer.json() };
    };
    operations.starting('executor');
    const starting = { ready: false, why: ['it is starting'] };
    expect(await readiness()).toEqual({
      status: 503,
      body: { ready: false, services: { executor: starting } },
    });

    const why: string[] = [];
    operations.started(serviceOf('executor', () => why));
    operations.started(serviceOf('ledger'));
    expect(await readiness()).toMatchObject({ status: 200, body: { ready: true } });

    why.push('the lease of shard 0 has run out');
    expect(await readiness()).toEqual({
      status: 503,
      body: {
        ready: false,
        services: {
          executor: { ready: false, why: ['the lease of shard 0 has run out'] },
          ledger: { ready: true, why: [] },
        },
      },
    });
  });

  it('shows the metrics of all services under their names, each name once, and those of Node', async () => {
    const operations = await open();
    for (const [name, rows] of [
      ['ledger', 3],
      ['history', 5],
    ] as const) {
      const service = serviceOf(name);
      service.metrics.counter({ name: 'rows_total', help: 'Rows.', read: () => rows });
      operations.started(service);
    }
    const answer = await fetch(`${operations.url}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(text).toContain('rows_total{service="ledger"} 3\n');
    expect(text).toContain('rows_total{service="history"} 5\n');
    expect(text.match(/^# TYPE rows_total counter$/gm)).toHaveLength(1);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  });

  it('takes another port where its own is taken', async () => {
    const first = await open();
    const second = await open(Number(new URL(first.url).port));
    expect(second.url).not.toBe(first.url);
    expect((await fetch(`${second.url}/livez`)).status).toBe(200);
  });

  it.each([
    ['another method', { method: 'POST', path: '/livez' }, 405],
    ['another path', { path: '/' }, 404],
    ['a name that is not of this machine', { path: '/metrics', headers: { host: 'evil.example' } }, 403],
  ])('refuses %s', async (_what, options, status) => {
    const { url } = await open();
    const { hostname, port } = new URL(url);
    const answered = new Promise((resolve, reject) => {
      request({ hostname, port, ...options }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(await answered).toBe(status);
  });
});

function serviceOf(name: string, unready: () => readonly string[] = () => []): RunningService {
  return { name, metrics: new ServiceMetrics(name), unready, close: async () => Promise.resolve() };
}
