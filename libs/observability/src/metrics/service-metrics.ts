import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One number that a service keeps anyway, and what it says. */
export interface Measure {
  /** In Prometheus' terms, with its unit: `bellwether_ticks_judged_total`. */
  readonly name: string;
  readonly help: string;
  /** The numbers differ by it: `shard`. */
  readonly label?: string;
  /** Asked at each scrape, never in between. With a label: a number for each of its values. */
  readonly read: () => number | Iterable<readonly [value: string, number]>;
}

export interface Distribution {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  /** Upper bounds, ascending, in the unit of the name. */
  readonly buckets: readonly number[];
}

/** Notes one observation, in the unit of the name. @param value of the label, where there is one. */
export type Observe = (amount: number, value?: string) => void;

/**
 * What one service tells of its work, under the label `service`.
 *
 * Counters and gauges are plain fields of whoever keeps them and are read when somebody scrapes, so counting costs an
 * addition. Only distributions are fed while work is done: once for a commit, a message or a delivery, never for a tick.
 */
export class ServiceMetrics {
  readonly registry = new Registry();

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
  }

  /** What only grows while the process lives. */
  counter({ name, help, label, read }: Measure): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const [labels, amount] of samples(label, read())) counter.inc(labels, amount);
      },
    });
  }

  /** What stands at some number now. */
  gauge({ name, help, label, read }: Measure): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        for (const [labels, amount] of samples(label, read())) gauge.set(labels, amount);
      },
    });
  }

  distribution({ name, help, label, buckets }: Distribution): Observe {
    const histogram = new Histogram({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      buckets: [...buckets],
      registers: [this.registry],
    });
    if (label === undefined) return (amount) => histogram.observe(amount);
    return (amount, value = '') => histogram.observe({ [label]: value }, amount);
  }
}

/** From a millisecond to ten minutes: what a tick, a command or an alert may take. */
export const latencySeconds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600,
];

function* samples(
  label: string | undefined,
  read: ReturnType<Measure['read']>,
): Generator<[labels: Record<string, string>, amount: number]> {
  if (typeof read === 'number') yield [{}, read];
  else if (label !== undefined) for (const [value, amount] of read) yield [{ [label]: value }, amount];
}
