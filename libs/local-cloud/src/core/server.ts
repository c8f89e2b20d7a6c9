import type { CloudClock } from './clock.ts';
import type { Traffic } from '../faults/traffic.ts';
import type { Meter } from './meter.ts';

/** What every server of the local cloud needs to start. It listens on 127.0.0.1 only. */
export interface ServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Where acknowledged state is kept; without it the server lives in memory. */
  readonly dataDir?: string;
  readonly clock: CloudClock;
  readonly meter: Meter;
  /** Counts, tells and strikes the calls; without it they are served only. */
  readonly traffic?: Traffic;
}

export interface RunningServer {
  readonly port: number;
  /** Stops listening, ends open streams, makes durable what was acknowledged and releases the data directory. */
  close(): Promise<void>;
}
