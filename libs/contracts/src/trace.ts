/** A W3C trace context, `00-{trace id}-{span id}-01`: one trace runs from a tick to its delivery. */
export type TraceParent = string;

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** The 32 hex digits that all spans of a trace share; `undefined` when the text is no trace context. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent === undefined ? undefined : pattern.exec(traceparent)?.[1];
}

/** @param hex gives that many random hex digits. */
export function newTraceParent(hex: (digits: number) => string): TraceParent {
  return `00-${hex(32)}-${hex(16)}-01`;
}
