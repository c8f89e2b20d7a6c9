import type { ServiceMetrics } from '@bellwether/observability';
import type { FeedCounts } from './feed/feed-counts.ts';

/** Tells what a feed publishes and refuses. */
export function measureFeed(metrics: ServiceMetrics, counts: FeedCounts): void {
  metrics.counter({
    name: 'bellwether_ticks_published_total',
    help: 'Ticks of frames that were handed to Pub/Sub.',
    read: () => counts.ticks,
  });
  metrics.counter({
    name: 'bellwether_frames_published_total',
    help: 'Frames that were handed to Pub/Sub.',
    read: () => counts.frames,
  });
  metrics.gauge({
    name: 'bellwether_frames_outstanding',
    help: 'Frames that Pub/Sub has not acknowledged yet.',
    read: () => counts.outstanding,
  });
  metrics.counter({
    name: 'bellwether_ticks_refused_total',
    help: 'Ticks that were not believed, by why.',
    label: 'reason',
    read: () => counts.refused,
  });
}
