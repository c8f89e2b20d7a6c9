import { ShardBook } from '@bellwether/executor';
import assert from 'node:assert/strict';
import { type Exit, exitOf } from '../book/exits.ts';
import { middle } from '../book/lines.ts';
import { checkpoint } from '../cold/shard.ts';
import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';
import { longestPause } from './longest-pause.ts';

const armed = 1_000_000;
const pace = { perSecond: 50_000, seconds: 5 };

/** Whatever takes note of exits. */
interface Store {
  note(exit: Exit): void;
  readonly size: number;
}

export default benchmark({
  question:
    'How long does a collection of garbage hold up at most, with a million exits of which 50 000 a second are amended; against objects?',
  unit: 'ms',
  latency: true,
  samples: 5,
  timeLimitSeconds: 900,
  target: { value: { atMost: 10 }, ratio: { atMost: 0.15 } },
  setup: () => undefined,
  baseline: () => pauseOf(new Objects()),
  subject: () => pauseOf(new ShardBook(checkpoint)),
});

/** Each side is filled anew: what the other has left would be collected at its cost. */
async function pauseOf(store: Store): Promise<number> {
  const random = seededRandom(12);
  const versions = new Uint32Array(armed);
  const amend = (index: number): void => {
    const version = (versions[index] ?? 0) + 1;
    versions[index] = version;
    store.note(exitOf(index, middle - 60 - Math.floor((random() * middle) / 5), version));
  };
  for (let index = 0; index < armed; index += 1) amend(index);
  gc?.();
  const pause = await longestPause(pace, () => amend(Math.floor(random() * armed)));
  assert.equal(store.size, armed);
  const amended = versions.reduce((sum, version) => sum + version, 0) - armed;
  assert.equal(amended, pace.perSecond * pace.seconds);
  return pause;
}

/** What a book of objects keeps of each exit; its levels stand in no order. */
class Objects implements Store {
  readonly #exits = new Map<string, Exit>();
  readonly #lines = new Map<string, { readonly exit: string; readonly level: number; isArmed: boolean }>();

  get size(): number {
    return this.#lines.size;
  }

  note(exit: Exit): void {
    const id = `${exit.account.accountId}/${exit.kind}/${exit.id}`;
    if (exit.version <= (this.#exits.get(id)?.version ?? 0)) return;
    this.#exits.set(id, exit);
    for (const { key, line } of exit.armed ?? [])
      if (line.kind === 'fixed')
        this.#lines.set(key, { exit: id, level: Number(line.price.units), isArmed: true });
  }
}
