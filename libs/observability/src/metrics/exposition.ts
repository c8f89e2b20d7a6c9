import { AggregatorRegistry, Registry, collectDefaultMetrics } from 'prom-client';
import type { ServiceMetrics } from './service-metrics.ts';

/** All metrics of a process in Prometheus' text format: of its services, and of Node itself. */
export class Exposition {
  readonly #process = new Registry();
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  constructor() {
    collectDefaultMetrics({ register: this.#process });
  }

  /** Services in one process share names of metrics, and differ by the label `service`. */
  async of(services: readonly ServiceMetrics[]): Promise<string> {
    const registries = [this.#process, ...services.map(({ registry }) => registry)];
    const collected = await Promise.all(registries.map(async (registry) => registry.getMetricsAsJSON()));
    return AggregatorRegistry.aggregate(collected).metrics();
  }
}
