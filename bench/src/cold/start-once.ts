import { ShardBook, loadStartPath } from '@bellwether/executor';
import { checkpoint, frameOf, shardIn } from './shard.ts';

// A fresh process that sends its parent how many milliseconds after its own start it has imported what an executor
// imports and, where a directory is given, judged a tick over the book from the snapshot there; and what that armed.
const [directory] = process.argv.slice(2);
const { ShardSnapshots } = await loadStartPath();
const book = new ShardBook(checkpoint);
let fired = 0;
if (directory !== undefined) {
  const snapshots = new ShardSnapshots(shardIn(directory, { token: 2 }));
  await snapshots.load(book);
  fired = book.evaluate(frameOf(2, ['S0-USDT'], 9_000)).length;
}
const milliseconds = performance.now();
process.send?.({ milliseconds, armed: book.size, fired }, () => process.exit(0));
