import { SpanStatusCode, trace } from '@opentelemetry/api';
import {
  TracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inSpan, openSpan } from './span.ts';

const traceId = 'a'.repeat(32);
const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`;
const attributes = { 'bellwether.account': 'ann.main' };

describe('a span', () => {
  afterEach(() => trace.disable());

  it('is a child of the trace context that it is given, and the parent of what it causes', async () => {
    const exporter = recording();
    await inSpan('commit', { traceparent, attributes }, async (commit) =>
      inSpan('publish', { traceparent: commit.traceparent, attributes, kind: 'producer' }, async () =>
        Promise.resolve(),
      ),
    );
    const [publish, commit] = exporter.getFinishedSpans();
    expect([commit?.name, publish?.name]).toEqual(['commit', 'publish']);
    expect([commit, publish].map((span) => span?.spanContext().traceId)).toEqual([traceId, traceId]);
    expect(commit?.parentSpanContext?.spanId).toBe('b'.repeat(16));
    expect(publish?.parentSpanContext?.spanId).toBe(commit?.spanContext().spanId);
    expect(commit?.attributes).toEqual(attributes);
  });

  it('tells of what was thrown, and throws it', async () => {
    const exporter = recording();
    const thrown = new Error('not stored');
    const work = inSpan('commit', { traceparent, attributes }, async () => Promise.reject(thrown));
    await expect(work).rejects.toBe(thrown);
    const [span] = exporter.getFinishedSpans();
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.events.map(({ attributes: of }) => of?.['exception.message'])).toEqual(['not stored']);
  });

  it('begins a trace of its own where none is given', () => {
    const exporter = recording();
    openSpan('publish', { traceparent: '', attributes }).end();
    const [span] = exporter.getFinishedSpans();
    expect(span?.parentSpanContext).toBeUndefined();
  });

  it('begins when it is said to have begun', () => {
    const exporter = recording();
    openSpan('judge', { traceparent, attributes, startedAt: 1_795_252_613_125 }).end();
    expect(exporter.getFinishedSpans()[0]?.startTime).toEqual([1_795_252_613, 125_000_000]);
  });

  it.each([
    [1, 1],
    [0, 0],
  ])('is recorded by the share of traces, whatever the flags say: %d', (share, recorded) => {
    const exporter = recording(share);
    openSpan('judge', { traceparent: traceparent.replace(/01$/, '00'), attributes }).end();
    expect(exporter.getFinishedSpans()).toHaveLength(recorded);
  });

  it('leaves the trace context as it is where nobody records', () => {
    expect(openSpan('judge', { traceparent, attributes }).traceparent).toBe(traceparent);
    expect(openSpan('judge', { traceparent: '', attributes }).traceparent).toBe('');
  });
});

function recording(share = 1): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new TracerProvider({
      sampler: new TraceIdRatioBasedSampler(share),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    }),
  );
  return exporter;
}
