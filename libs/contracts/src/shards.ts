/** How a topology divides its symbols: changed only by a documented re-shard. */
export const defaultShards = 2;
export const mostShards = 64;
export const outboxShards = 16;
/** Over how many shards what a tenant lists by time is spread: no index then grows in one place. */
export const timeShards = 8;

/** FNV-1a over the UTF-16 code units: stable for ever, since it decides where a symbol's ticks travel. */
export function shardOf(key: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % shards;
}

/** A shard as it stands in topic names and document ids: two digits. */
export function shardName(shard: number): string {
  return shard.toString().padStart(2, '0');
}
