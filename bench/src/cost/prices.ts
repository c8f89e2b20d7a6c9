/** What a design asks of the platform. */
export interface Usage {
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  /** Published, and delivered to each subscription. */
  readonly pubsubBytes: number;
}

/** List prices in USD, us-central1: Firestore for each operation, Pub/Sub for each byte. */
const prices = { reads: 0.03 / 1e5, writes: 0.09 / 1e5, deletes: 0.01 / 1e5, pubsubBytes: 40 / 2 ** 40 };

export function dollars(usage: Usage): number {
  const { reads, writes, deletes, pubsubBytes } = usage;
  return (
    reads * prices.reads +
    writes * prices.writes +
    deletes * prices.deletes +
    pubsubBytes * prices.pubsubBytes
  );
}

export function times(count: number, usage: Usage): Usage {
  const { reads, writes, deletes, pubsubBytes } = usage;
  return {
    reads: count * reads,
    writes: count * writes,
    deletes: count * deletes,
    pubsubBytes: count * pubsubBytes,
  };
}

export function sum(...usages: readonly Usage[]): Usage {
  const of = (name: keyof Usage): number => usages.reduce((total, usage) => total + usage[name], 0);
  return {
    reads: of('reads'),
    writes: of('writes'),
    deletes: of('deletes'),
    pubsubBytes: of('pubsubBytes'),
  };
}
