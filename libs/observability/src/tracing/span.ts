import {
  type Attributes,
  type Context,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api';

export interface SpanOptions {
  /** W3C trace context of what caused it: the span is its child. */
  readonly traceparent: string;
  readonly attributes: Attributes;
  /** Whether it sends what another takes, or takes it; neither unless given. */
  readonly kind?: 'producer' | 'consumer';
  /** Epoch milliseconds; now unless given. */
  readonly startedAt?: number;
}

const kinds = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER };

export interface OpenSpan {
  /** For what it causes; what it was started with where nobody records traces. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** Ends it, as failed where there is an error. Once. */
  end(error?: Error): void;
}

/** Opens a span of the trace that `traceparent` names. It costs next to nothing until tracing is started. */
export function openSpan(name: string, options: SpanOptions): OpenSpan {
  const { traceparent, attributes, kind, startedAt } = options;
  const tracer = startedTracer();
  if (tracer === undefined) return new UnrecordedSpan(traceparent);
  const span = tracer.startSpan(
    name,
    {
      attributes,
      kind: kind === undefined ? SpanKind.INTERNAL : kinds[kind],
      ...(startedAt === undefined ? {} : { startTime: new Date(startedAt) }),
    },
    parentOf(traceparent),
  );
  const context = span.spanContext();
  return {
    traceparent: isSpanContextValid(context)
      ? `00-${context.traceId}-${context.spanId}-${(context.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`
      : traceparent,
    set: (more) => void span.setAttributes(more),
    end(error) {
      if (error !== undefined) {
        span.recordException(error);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

class UnrecordedSpan implements OpenSpan {
  readonly traceparent: string;

  constructor(traceparent: string) {
    this.traceparent = traceparent;
  }

  set(): void {
    // Nobody records it.
  }

  end(): void {
    // Nobody records it.
  }
}

/** `undefined` until tracing is started. */
function startedTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer('bellwether')
    : provider.getTracer('bellwether');
}

/** Does the work in a span, which ends with it. */
export async function inSpan<Value>(
  name: string,
  options: SpanOptions,
  work: (span: OpenSpan) => Promise<Value>,
): Promise<Value> {
  const span = openSpan(name, options);
  try {
    const value = await work(span);
    span.end();
    return value;
  } catch (error) {
    span.end(error instanceof Error ? error : new Error('failed', { cause: error }));
    throw error;
  }
}

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function parentOf(traceparent: string): Context {
  const [, traceId, spanId, flags = ''] = pattern.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
