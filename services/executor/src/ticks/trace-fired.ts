import { openSpan } from '@bellwether/observability';
import type { FrameOrigin } from '../shards/shard-runner.ts';
import type { Fired } from './fired.ts';

/**
 * Records, as one span of the frame's trace, how long it took from the tick to what it fired, and answers the origin below
 * which the commits go on. The frame itself is the trace's root and recorded by nobody: most frames fire nothing.
 */
export function traceFired(fired: readonly Fired[], origin: FrameOrigin): FrameOrigin {
  const receivedAt = fired.reduce((least, { tick }) => Math.min(least, tick.receivedAt), Infinity);
  const { shard, epoch, number, traceparent } = origin;
  const span = openSpan('judge', {
    traceparent,
    ...(Number.isFinite(receivedAt) ? { startedAt: receivedAt } : {}),
    attributes: {
      'bellwether.shard': shard,
      'bellwether.epoch': epoch,
      'bellwether.frame': number,
      'bellwether.fired': fired.length,
    },
  });
  span.end();
  return { ...origin, traceparent: span.traceparent };
}
