import { readFileSync } from 'node:fs';

/** Bytes of memory that processes hold; its `peak` is the most they held at once, as sampled. */
export class MemoryGauge {
  readonly #pids: () => Iterable<number>;
  readonly #timer: NodeJS.Timeout;
  peak = 0;

  constructor(pids: () => Iterable<number>) {
    this.#pids = pids;
    this.#timer = setInterval(() => this.#sample(), 250).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#sample();
  }

  #sample(): void {
    let bytes = process.memoryUsage.rss();
    for (const pid of this.#pids()) bytes += residentBytes(pid);
    this.peak = Math.max(this.peak, bytes);
  }
}

/** Of another process: known on Linux, else 0. */
function residentBytes(pid: number): number {
  try {
    const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}
