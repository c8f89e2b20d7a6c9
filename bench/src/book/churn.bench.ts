import assert from 'node:assert/strict';
import sortedBTree from 'sorted-btree';
import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';
import { perSecond } from '../runner/timing.ts';
import { type FilledBook, arm, filledBook, levelOf } from './lines.ts';

const changes = 200_000;

interface Churn {
  readonly filled: FilledBook;
  readonly tree: sortedBTree.default<number, number>;
  readonly treeLevels: Float64Array;
  readonly random: () => number;
}

export default benchmark({
  question: 'How fast are levels of a million amended, each taken out and armed elsewhere?',
  unit: 'amends/s',
  target: { ratio: { atLeast: 3 } },
  setup(): Churn {
    const filled = filledBook(1_000_000);
    const tree = new sortedBTree.default<number, number>();
    filled.levels.forEach((level, line) => tree.set(keyOf(level, line), line));
    return { filled, tree, treeLevels: filled.levels.slice(), random: seededRandom(4) };
  },
  check(fixture) {
    amend(fixture);
    amendTree(fixture);
    const { filled, tree } = fixture;
    assert.equal(tree.size, 1_000_000);
    assert.ok(filled.book.quietAbove < filled.book.quietBelow);
  },
  baseline: (fixture) => perSecond(changes, () => amendTree(fixture)),
  subject: (fixture) => perSecond(changes, () => amend(fixture)),
});

function amend({ filled: { book, levels }, random }: Churn): void {
  for (let i = 0; i < changes; i += 1) {
    const line = Math.floor(random() * levels.length);
    const level = levelOf(random);
    book.disarm(line);
    levels[line] = level;
    arm(book, line, level);
  }
}

function amendTree({ tree, treeLevels, random }: Churn): void {
  for (let i = 0; i < changes; i += 1) {
    const line = Math.floor(random() * treeLevels.length);
    const level = levelOf(random);
    tree.delete(keyOf(treeLevels[line] ?? 0, line));
    treeLevels[line] = level;
    tree.set(keyOf(level, line), line);
  }
}

/** Price and line in one number: fewer than 2^53. */
function keyOf(level: number, line: number): number {
  return level * 0x10_0000 + line;
}
