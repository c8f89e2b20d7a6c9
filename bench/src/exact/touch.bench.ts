import { type Line, SymbolBook, decimal, formatDecimal } from '@bellwether/domain';
import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';

/** Of each kind of line, in each sample: with the round that does not count, four and a half million in all. */
const touches = 150_000;
const scale = 2;
const start = { epoch: 'e', ordinal: 0, exchangeAt: 0 };

/** A line, the text of its numbers, the price that it has seen before, and the price that touches it exactly. */
interface Touch {
  readonly line: Line;
  readonly seen: number;
  readonly touch: number;
  /** Whether arithmetic with floating point numbers finds the touch. */
  readonly isFoundByFloats: boolean;
}

const kinds: readonly ((random: () => number) => Touch)[] = [
  (random) => {
    const price = priceOf(random);
    const level = text(price);
    return {
      line: fixed('stopLoss', 'atOrBelow', level),
      seen: price + 1,
      touch: price,
      isFoundByFloats: float(price) <= Number(level),
    };
  },
  (random) => {
    // A target so many ticks above an entry, as terms that are a sum say it.
    const entry = priceOf(random);
    const gain = 1 + Math.floor(random() * 5_000);
    const level = text(entry + gain);
    const floats = float(entry + gain) >= float(entry) + float(gain);
    return {
      line: fixed('takeProfit', 'atOrAbove', level),
      seen: entry,
      touch: entry + gain,
      isFoundByFloats: floats,
    };
  },
  (random) => {
    const best = priceOf(random) + 10_000;
    const distance = 1 + Math.floor(random() * 5_000);
    const floats = float(best - distance) <= float(best) - float(distance);
    return {
      line: trailing('highest', { absolute: decimal(text(distance)) }),
      seen: best,
      touch: best - distance,
      isFoundByFloats: floats,
    };
  },
  (random) => {
    const best = priceOf(random) + 10_000;
    const distance = 1 + Math.floor(random() * 5_000);
    const floats = float(best + distance) >= float(best) + float(distance);
    return {
      line: trailing('lowest', { absolute: decimal(text(distance)) }),
      seen: best,
      touch: best + distance,
      isFoundByFloats: floats,
    };
  },
  (random) => {
    // A whole per mille of a price that a thousand divides: the stop lies on a price step.
    const best = 1_000 * (10 + Math.floor(random() * 1_000));
    const perMille = 1 + Math.floor(random() * 90);
    const touch = best - (best / 1_000) * perMille;
    const floats = float(touch) <= float(best) * (1 - perMille / 1_000);
    return {
      line: trailing('highest', { ppm: perMille * 1_000 }),
      seen: best,
      touch,
      isFoundByFloats: floats,
    };
  },
];

export default benchmark({
  question:
    'How many of 750 000 exact touches, of every kind of level, are seen at that price and not a step early?',
  unit: 'touches',
  samples: 5,
  timeLimitSeconds: 300,
  target: { value: { atLeast: kinds.length * touches } },
  setup: () => ({ random: seededRandom(8) }),
  baseline: ({ random }) => foundOf(random, ({ isFoundByFloats }) => isFoundByFloats),
  subject: ({ random }) => foundOf(random, isFound),
});

function foundOf(random: () => number, find: (touch: Touch) => boolean): number {
  let found = 0;
  for (const kind of kinds) for (let i = 0; i < touches; i += 1) if (find(kind(random))) found += 1;
  return found;
}

function isFound({ line, seen, touch }: Touch): boolean {
  const armed = { key: 'k', symbol: 'S', armedFrom: { at: 0 }, line };
  const book = new SymbolBook(scale, { armedOf: () => armed });
  const series = 'trade';
  book.arm(0, armed, start);
  const fires = (price: number): boolean =>
    book.evaluate({ place: start, prices: [{ series, price }] }).length > 0;
  const step = touch < seen ? 1 : -1;
  return !fires(seen) && !fires(touch + step) && fires(touch);
}

function fixed(reason: 'stopLoss' | 'takeProfit', fires: 'atOrBelow' | 'atOrAbove', level: string): Line {
  return { kind: 'fixed', reason, series: 'trade', fires, price: decimal(level) };
}

function trailing(
  follows: 'highest' | 'lowest',
  distance: Extract<Line, { kind: 'trailing' }>['distance'],
): Line {
  const far = follows === 'highest' ? '0.01' : '99999999';
  return {
    kind: 'trailing',
    reason: 'trailingStop',
    series: 'trade',
    follows,
    distance,
    start: decimal(far),
  };
}

function priceOf(random: () => number): number {
  return 1_000 + Math.floor(random() * 10_000_000);
}

function text(units: number): string {
  return formatDecimal({ units: BigInt(units), scale });
}

function float(units: number): number {
  return Number(text(units));
}
