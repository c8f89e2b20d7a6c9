import { ShardBook, loadStartPath } from '@bellwether/executor';
import { checkpoint, shardIn } from './shard.ts';

// A fresh process that sends its parent how many milliseconds after its own start it has imported what an executor
// imports and, where a directory is given, judged a tick over the book from the snapshot there; and what that armed.
const [directory] = process.argv.slice(2);
const { ShardSnapshots } = await loadStartPath();
const book = new ShardBook(checkpoint);
let fired = 0;
if (directory !== undefined) {
  const snapshots = new ShardSnapshots(shardIn(directory, { token: 2 }));
  await snapshots.load(book);
  const trade = {
    shard: 0,
    epoch: 'tape-0000000001',
    number: 2,
    firstOrdinal: 1,
    receivedAt: 1_790_000_000_000,
    isLast: false,
    instruments: [{ symbol: 'S0-USDT', venue: 'bench', kind: 'trade', priceScale: 2, sizeScale: 0 }],
    length: 1,
    instrument: Uint16Array.of(0),
    exchangeAt: Float64Array.of(1_790_000_000_000),
    first: Float64Array.of(9_000),
    second: Float64Array.of(1),
  } as const;
  fired = book.evaluate(trade).length;
}
const milliseconds = performance.now();
process.send?.({ milliseconds, armed: book.size, fired }, () => process.exit(0));
