export { startExecutor } from './start-executor.ts';
export { armedKey } from './ticks/fired.ts';
export { ShardBook } from './ticks/shard-book.ts';
