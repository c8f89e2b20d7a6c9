import { CommandClient, connectPubSub, provisionTopology } from '@bellwether/bus';
import { Marks, PulseView, mainAccount, topics, topologyOf } from '@bellwether/contracts';
import { startExecutor } from '@bellwether/executor';
import { startPulse } from '@bellwether/ledger';
import { startMarketFeed } from '@bellwether/market-feed';
import { createLogger, systemIds } from '@bellwether/observability';
import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { percentile } from '../runner/statistics.ts';

const account = mainAccount('acme', 'ann');
const symbol = 'BTC-USDT';
const shards = 1;
/** A trade each, a cent above the one before: the price says which it is. */
const everyMs = 20;
const ticks = 6_000;
const watchedMs = 5_000;
const firstCents = 10_000;

export default benchmark({
  question:
    'How long from a tick until the P&L that it makes is told to a subscriber, 99 of 100 times at most?',
  unit: 'ms',
  target: { value: { atMost: 500 } },
  latency: true,
  samples: 5,
  timeLimitSeconds: 180,
  setup: startSystem,
  async check({ nextView }) {
    const { pnl, tick } = await nextView();
    assert.equal(pnl, tick / 100);
  },
  /** The tick that a view tells of makes visible what came before it, too. */
  async subject({ nextView, firstAt }) {
    const taken: number[] = [];
    const end = Date.now() + watchedMs;
    let { tick: told } = await nextView();
    while (Date.now() < end) {
      const { tick } = await nextView();
      const now = Date.now();
      for (; told < tick; told += 1) taken.push(now - (firstAt + (told + 1) * everyMs));
    }
    assert.ok(taken.length > watchedMs / everyMs / 2, `only ${taken.length} ticks were told`);
    return percentile(taken, 0.99);
  },
  close: async ({ close }) => close(),
});

/** market-feed at a tape's own pace, and a pulse, on a local cloud in another process; one position of one unit from 100. */
async function startSystem() {
  const cloud = await startCloudProcess();
  const directory = await mkdtemp(join(tmpdir(), 'bellwether-bench-'));
  const tape = join(directory, 'tape.csv.gz');
  await writeFile(tape, tapeOf());
  const environment = {
    PUBSUB_EMULATOR_HOST: cloud.hosts.pubsub,
    FIRESTORE_EMULATOR_HOST: cloud.hosts.firestore,
    GOOGLE_CLOUD_PROJECT: cloud.project,
    METADATA_SERVER_DETECTION: 'none',
    SHARDS: String(shards),
  };
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const pubsub = connectPubSub(environment);
  await provisionTopology(pubsub, topologyOf(shards));
  await adopt();
  const pulse = await startPulse(environment, logger);
  const [marks] = await pubsub.topic(topics.marks).createSubscription('bench.marks');
  const firstAt = new Promise<number>((resolve) => {
    marks.on('message', (message) => {
      message.ack();
      const [mark] = Marks.parse(JSON.parse(message.data.toString())).marks;
      if (mark?.trade !== undefined) resolve(mark.exchangeAt - tickOf(mark.trade) * everyMs);
    });
  });
  const feed = await startMarketFeed(
    { ...environment, TAPES: tape, TAPE_SPEED: '1', TAPE_REBASE: 'on', SANITY: 'off' },
    logger,
  );
  const response = await fetch(`${pulse.url}/pulse?account=${account.accountId}`);
  assert.ok(response.body);
  const body = Readable.fromWeb(response.body);
  const lines = createInterface({ input: body })[Symbol.asyncIterator]();
  return {
    firstAt: await firstAt,
    nextView: async (): Promise<{ readonly tick: number; readonly pnl: number }> => {
      for (;;) {
        const { value, done } = await lines.next();
        assert.ok(done !== true);
        if (!value.startsWith('data: ')) continue;
        const view = PulseView.parse(JSON.parse(value.slice('data: '.length)));
        const position = view.of === 'account' ? view.positions[0] : undefined;
        if (position?.price === undefined) continue;
        return { tick: tickOf(position.price), pnl: Number(position.pnl) };
      }
    },
    close: async (): Promise<void> => {
      body.destroy();
      await feed.close();
      await marks.close();
      await pulse.close();
      await pubsub.close();
      await cloud.close();
      await rm(directory, { recursive: true });
    },
  };

  async function adopt(): Promise<void> {
    const executor = await startExecutor(environment, logger);
    const commands = await CommandClient.connect(pubsub, { name: 'bench', ids: systemIds, logger });
    const by = { actor: 'bench', reason: 'in the currency of its position' };
    const settings = { currency: 'USDT', limits: {}, fills: { kind: 'exact' } } as const;
    const position = {
      id: 'p1',
      symbol,
      side: 'long',
      quantity: '1',
      entryPrice: '100',
      priceSource: 'trade',
      exits: {},
    } as const;
    for (const command of [
      { name: 'OpenAccount', key: 'open', ...account },
      { name: 'ResumeTrading', key: 'resume', ...account, ...by },
      { name: 'ConfigureAccount', key: 'configure', ...account, ...by, settings },
      { name: 'AdoptPosition', key: 'adopt', ...account, position },
    ] as const) {
      const reply = await commands.request(command, { timeoutMs: 30_000 });
      assert.equal(reply.status, 'committed', JSON.stringify(reply));
    }
    await commands.close();
    await executor.close();
  }
}

function tapeOf(): Uint8Array {
  const lines = Array.from(
    { length: ticks },
    (_, tick) =>
      `${1_700_000_000_000 + tick * everyMs},${symbol},bench,${((firstCents + tick) / 100).toFixed(2)},1`,
  );
  return gzipSync(['ts_ms,symbol,venue,price,size', ...lines, ''].join('\n'));
}

function tickOf(price: string): number {
  return Math.round(Number(price) * 100) - firstCents;
}
