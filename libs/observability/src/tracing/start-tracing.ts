import { setTimeout as sleep } from 'node:timers/promises';

export interface Tracing {
  /** Stops recording, and sends what is recorded if that is possible within two seconds. */
  close(): Promise<void>;
}

const closesWithinMs = 2_000;

/**
 * Records spans and sends them by OTLP over HTTP to `OTEL_EXPORTER_OTLP_ENDPOINT` (or `..._TRACES_ENDPOINT`), whose other
 * standard variables hold as well. Without either nothing is recorded and nothing is loaded.
 *
 * `TRACES_SHARE` (1 by default) is the share of traces that are recorded. A trace is recorded by all services or by none:
 * its id decides.
 *
 * @throws Error for a share that is none.
 */
export async function startTracing(environment: NodeJS.ProcessEnv, service: string): Promise<Tracing> {
  const share = shareOf(environment);
  const isOn =
    environment['OTEL_EXPORTER_OTLP_ENDPOINT'] !== undefined ||
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] !== undefined;
  if (!isOn) return { close: () => Promise.resolve() };
  const [{ trace }, { TracerProvider, BatchSpanProcessor, TraceIdRatioBasedSampler }, exporters, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'bellwether',
    }),
    sampler: new TraceIdRatioBasedSampler(share),
    spanProcessors: [new BatchSpanProcessor({ exporter: new exporters.OTLPTraceExporter() })],
  });
  trace.setGlobalTracerProvider(provider);
  return {
    async close() {
      trace.disable();
      const patience = new AbortController();
      const { signal } = patience;
      await Promise.race([provider.shutdown(), sleep(closesWithinMs, undefined, { signal })]);
      patience.abort();
    },
  };
}

function shareOf({ TRACES_SHARE: text = '1' }: NodeJS.ProcessEnv): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1))
    throw new Error(`bad environment\nTRACES_SHARE must be a share from 0 to 1, not "${text}"`);
  return share;
}
