import { type AccountRef, type Marks, mainAccount } from '@bellwether/contracts';
import { Holdings } from '@bellwether/domain';
import { PulseBook, viewOf } from '@bellwether/ledger';
import { strict as assert } from 'node:assert';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { median } from '../runner/statistics.ts';
import { seededRandom } from '../runner/random.ts';

const symbols = 1_000;
const each = 10;
const tenants = 100;
const pulses = 9;

export default [
  wholeBenchmark({ variant: '10k', positions: 10_000, atMost: 1 }),
  wholeBenchmark({ variant: '1m', positions: 1_000_000, atMost: 15 }),
];

/** Accounts of ten positions, a tenth of them in another currency than the account's; what a pulse puts out is the view of the house. */
function wholeBenchmark(parts: {
  readonly variant: string;
  readonly positions: number;
  readonly atMost: number;
}): AnyBenchmark {
  const { variant, positions, atMost } = parts;
  const accounts = positions / each;
  return benchmark({
    variant,
    question: `How long does a pulse of ${positions} positions take, with what it tells of the house?`,
    unit: 'ms',
    target: { value: { atMost } },
    timeLimitSeconds: 300,
    setup() {
      const book = new PulseBook();
      const random = seededRandom(3);
      for (let account = 0; account < accounts; account += 1)
        book.put(refOf(account), { version: 1, holdings: holdingsOf(account, random) });
      return { book, random };
    },
    check({ book, random }) {
      assert.equal(book.positions, positions);
      book.note(marksOf(random));
      book.pulse();
      const view = viewOf(book, { of: 'house' }, 0);
      assert.ok(view?.of === 'house');
      assert.deepEqual(
        view.totals.map(({ accounts: counted, unvalued }) => ({ counted, unvalued })),
        [{ counted: accounts, unvalued: 0 }],
      );
      assert.equal(view.tenants.length, tenants);
      assert.deepEqual(view.unpriced, []);
    },
    subject({ book, random }) {
      const taken: number[] = [];
      for (let pulse = 0; pulse < pulses; pulse += 1) {
        book.note(marksOf(random));
        const start = performance.now();
        book.pulse();
        const told = JSON.stringify(viewOf(book, { of: 'house' }, pulse));
        taken.push(performance.now() - start);
        assert.ok(told.length > 1_000);
      }
      return median(taken);
    },
  });
}

function refOf(account: number): AccountRef {
  return mainAccount(`t${account % tenants}`, `u${account}`);
}

function holdingsOf(account: number, random: () => number): Holdings {
  const first = Math.floor(random() * symbols);
  return new Holdings({
    currency: 'USD',
    cash: { USD: '10000', ...(account % 10 === 0 ? { USDT: '5' } : {}) },
    positions: Array.from({ length: each }, (_, index) => ({
      id: `p${index}`,
      symbol: `S${(first + index * 37) % symbols}`,
      side: random() < 0.5 ? ('long' as const) : ('short' as const),
      contract: { kind: 'linear' as const, multiplier: '1', currency: index === 0 ? 'USDT' : 'USD' },
      quantity: (1 + random() * 10).toFixed(3),
      entryPrice: (1 + random() * 1_000).toFixed(2),
      version: 1,
    })),
  });
}

/** New prices of every symbol. */
function marksOf(random: () => number): Marks {
  at += 250;
  const names = Array.from({ length: symbols }, (_, symbol) => `S${symbol}`);
  const marks = ['USDT-USD', ...names].map((symbol) => ({
    symbol,
    venue: 'bench',
    trade: symbol === 'USDT-USD' ? '0.9995' : (1 + random() * 1_000).toFixed(2),
    exchangeAt: at,
  }));
  return { epoch: 'bench-0000000001', ticks: at, at, marks };
}
let at = 0;
