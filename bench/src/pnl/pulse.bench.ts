import { PnlPulse } from '@bellwether/domain';
import { strict as assert } from 'node:assert';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';
import { perCoreSecond } from '../runner/timing.ts';

const users = 1_000_000;
const each = 10;
const symbols = 1000;
const count = users * each;

export default [
  benchmark({
    question:
      'How near does the P&L of 1,000,000 users with 10 positions each come to reading the same memory?',
    unit: 'positions/s',
    target: { ratio: { atLeast: 0.167 }, value: { atLeast: 300_000_000 } },
    setup: () => ({ ...fill(), read: columns() }),
    check: ({ pulse, values, into }) => {
      assert.equal(pulse.users, users);
      assert.equal(pulse.held(users - 1), each);
      pulse.all(values, into);
      for (let user = 0; user < users; user += 997) assert.equal(into[user], pulse.of(user, values));
    },
    baseline: ({ read }) => perCoreSecond(count, () => sumOf(read)),
    subject: ({ pulse, values, into }) => perCoreSecond(count, () => pulse.all(values, into)),
  }),
  objectsBenchmark(),
];

/** Objects take 30 times the memory: a tenth of the users, whose rate is the same. */
function objectsBenchmark(): AnyBenchmark {
  const fewer = users / 10;
  return benchmark({
    variant: 'objects',
    question: 'And how much faster is it than positions that are objects in maps?',
    unit: 'positions/s',
    target: { ratio: { atLeast: 25 } },
    setup: () => {
      const filled = fill();
      return { ...filled, naive: naivePositions(fewer, filled.values), equity: new Map<string, number>() };
    },
    check: ({ pulse, values, naive, equity }) => {
      valueObjects(naive, equity);
      for (let user = 0; user < fewer; user += 97)
        assert.ok(Math.abs((equity.get(`user-${user}`) ?? 0) - pulse.of(user, values)) < 1e-6);
    },
    baseline: ({ naive, equity }) => perCoreSecond(fewer * each, () => valueObjects(naive, equity)),
    subject: ({ pulse, values, into }) => perCoreSecond(count, () => pulse.all(values, into)),
  });
}

function fill() {
  const random = seededRandom(1);
  const values = Float64Array.from({ length: symbols }, () => 1 + random() * 1000);
  const pulse = new PnlPulse(count);
  holdings(users, values, (user, symbol, quantity, cost) => pulse.set(user, symbol, quantity, cost));
  return { pulse, values, into: new Float64Array(users) };
}

/** The same for both sides, from one seed: ten different symbols for each user. */
function holdings(
  howMany: number,
  values: Float64Array,
  hold: (user: number, symbol: number, quantity: number, cost: number) => void,
): void {
  const random = seededRandom(2);
  for (let user = 0; user < howMany; user += 1) {
    const first = Math.floor(random() * symbols);
    for (let i = 0; i < each; i += 1) {
      const symbol = (first + i * 37) % symbols;
      const quantity = (random() - 0.5) * 10;
      hold(user, symbol, quantity, quantity * (values[symbol] ?? 0) * (0.9 + random() * 0.2));
    }
  }
}

interface NaivePosition {
  readonly symbol: string;
  readonly quantity: number;
  readonly cost: number;
}

function naivePositions(howMany: number, values: Float64Array) {
  const positions = new Map<string, NaivePosition[]>();
  holdings(howMany, values, (user, symbol, quantity, cost) => {
    const ofUser = positions.get(`user-${user}`) ?? [];
    positions.set(`user-${user}`, ofUser);
    ofUser.push({ symbol: `SYM${symbol}`, quantity, cost });
  });
  return { positions, prices: new Map([...values].map((value, symbol) => [`SYM${symbol}`, value])) };
}

function valueObjects(
  { positions, prices }: ReturnType<typeof naivePositions>,
  equity: Map<string, number>,
): void {
  for (const [user, ofUser] of positions) {
    let sum = 0;
    for (const { symbol, quantity, cost } of ofUser) sum += quantity * (prices.get(symbol) ?? 0) - cost;
    equity.set(user, sum);
  }
}

function columns() {
  return {
    symbols: new Uint16Array(count).fill(1),
    quantities: new Float64Array(count).fill(1),
  };
}

/** Reads every byte that the pulse reads of its positions, in order. */
function sumOf({ symbols: ids, quantities }: ReturnType<typeof columns>): void {
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += (ids[at] ?? 0) + (quantities[at] ?? 0);
  assert.ok(sum > 0);
}
