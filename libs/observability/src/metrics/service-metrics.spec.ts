import { describe, expect, it } from '@jest/globals';
import { ServiceMetrics } from './service-metrics.ts';

describe('the metrics of a service', () => {
  it('reads counters and gauges when they are asked for, and never before', async () => {
    const metrics = new ServiceMetrics('executor');
    let reads = 0;
    let ticks = 0;
    metrics.counter({
      name: 'ticks_total',
      help: 'Ticks.',
      read: () => {
        reads += 1;
        return ticks;
      },
    });
    ticks = 7;
    expect(reads).toBe(0);
    expect(await metrics.registry.metrics()).toContain('ticks_total{service="executor"} 7\n');
    ticks = 9;
    expect(await metrics.registry.metrics()).toContain('ticks_total{service="executor"} 9\n');
  });

  it('shows a number for each value of a label, and none that is gone', async () => {
    const metrics = new ServiceMetrics('executor');
    const armed = new Map([
      ['0', 3],
      ['1', 4],
    ]);
    metrics.gauge({ name: 'armed', help: 'Armed.', label: 'shard', read: () => armed });
    expect(await shown(metrics)).toEqual([
      'armed{shard="0",service="executor"} 3',
      'armed{shard="1",service="executor"} 4',
    ]);
    armed.delete('0');
    expect(await shown(metrics)).toEqual(['armed{shard="1",service="executor"} 4']);
  });

  it('counts observations up to each bound', async () => {
    const metrics = new ServiceMetrics('notifier');
    const observe = metrics.distribution({ name: 'lag', help: 'Lag.', label: 'of', buckets: [1, 10] });
    for (const amount of [0.5, 1, 5, 50]) observe(amount, 'alert');
    expect(await shown(metrics)).toEqual([
      'lag_bucket{le="1",service="notifier",of="alert"} 2',
      'lag_bucket{le="10",service="notifier",of="alert"} 3',
      'lag_bucket{le="+Inf",service="notifier",of="alert"} 4',
      'lag_sum{service="notifier",of="alert"} 56.5',
      'lag_count{service="notifier",of="alert"} 4',
    ]);
  });
});

async function shown({ registry }: ServiceMetrics): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
