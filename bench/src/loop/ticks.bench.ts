import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';
import { perSecond } from '../runner/timing.ts';
import { type ExecutorOnCloud, account, startExecutorOnCloud, symbol } from './executor-on-cloud.ts';

const framed = { ticks: 2_000_000, each: 1000 };
const single = { ticks: 20_000, each: 1 };

export default benchmark({
  question: 'How many ticks a second go from the feed over the local Pub/Sub through the executor?',
  unit: 'ticks/s',
  target: { ratio: { atLeast: 40 }, value: { atLeast: 1_000_000 } },
  samples: 5,
  timeLimitSeconds: 600,
  setup: async () => startExecutorOnCloud(),
  // That the last tick fires says that every one before it was judged: frames go strictly by number.
  baseline: async (system) => judged(system, single),
  subject: async (system) => judged(system, framed),
  close: async (system) => system.close(),
});

/** A walk around 100 that ends at 50, where a trigger waits. */
async function judged(system: ExecutorOnCloud, { ticks, each }: typeof framed): Promise<number> {
  triggers += 1;
  const id = `below-${triggers}`;
  await system.command({
    name: 'ArmTrigger',
    key: `arm-${id}`,
    ...account,
    trigger: {
      id,
      symbol,
      priceSource: 'trade',
      when: { kind: 'price', direction: 'below', price: '60' },
      action: { kind: 'notify' },
    },
  });
  const random = seededRandom(triggers);
  let price = 10_000;
  const prices = Float64Array.from({ length: ticks }, () => {
    price = Math.min(12_000, Math.max(8_000, price + Math.round(random() * 4 - 2)));
    return price;
  });
  prices[ticks - 1] = 5_000;
  const frames = system.frames(prices, each);
  const fired = system.committed(({ events }) =>
    events.some((event) => event.type === 'TriggerFired' && event.triggerId === id),
  );
  return perSecond(ticks, async () => {
    await system.publish(frames);
    await fired;
  });
}
let triggers = 0;
