import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSpan, startTracing } from '../src/index.ts';

describe('tracing', () => {
  const before = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const requests: { path: string; body: Buffer }[] = [];
  const collect = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push({ path: request.url ?? '', body: await buffer(request) });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  };
  const collector = createServer((request, response) => void collect(request, response));

  beforeEach(async () => {
    await new Promise<void>((resolve) => {
      collector.listen(0, '127.0.0.1', resolve);
    });
    const address = collector.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    else process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = before;
    await new Promise((resolve) => {
      collector.close(resolve);
      collector.closeAllConnections();
    });
  });

  it('sends what it recorded to the collector when it closes', async () => {
    const tracing = await startTracing(process.env, 'executor');
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    openSpan('commit', { traceparent, attributes: { 'bellwether.account': 'ann.main' } }).end();
    await tracing.close();
    expect(requests.map(({ path }) => path)).toEqual(['/v1/traces']);
    const text = requests[0]?.body.toString('utf8') ?? '';
    for (const part of ['executor', 'commit', 'ann.main', 'a'.repeat(32)]) expect(text).toContain(part);
  });

  it.each(['', 'all', '1.5', '-1'])('is not started with "%s" as the share of traces', async (share) => {
    await expect(startTracing({ TRACES_SHARE: share }, 'executor')).rejects.toThrow(
      'TRACES_SHARE must be a share from 0 to 1',
    );
  });
});
