import { type Frame, shardName } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { EpochResult } from '../epochs/feed-epochs.ts';
import { FrameBuilder } from '../frames/frame-builder.ts';
import type { LastPrices } from '../marks/last-prices.ts';
import type { TapePace } from '../pacing/tape-pace.ts';
import type { Sanity } from '../sanity/sanity.ts';
import type { Tick } from '../ticks/tick.ts';
import type { TickPass } from '../ticks/tick-source.ts';

export interface EpochParts {
  readonly epoch: string;
  readonly shards: number;
  readonly pass: TickPass;
  readonly pace: TapePace;
  /** Without it every tick is valid. */
  readonly sanity?: Sanity;
  readonly prices: LastPrices;
  readonly sender: { send(frame: Frame): Promise<void>; drain(): Promise<void> };
  readonly clock: Clock;
}

/**
 * Publishes one pass over a source: ticks in order, each when it is due, then a last frame for every shard.
 * After an abort the rest of the pass is left out and the last frames follow at once.
 */
export async function runEpoch(parts: EpochParts, signal: AbortSignal): Promise<EpochResult> {
  const { epoch, shards, pass, pace, sanity, prices, sender, clock } = parts;
  const builders = Array.from({ length: shards }, (_, shard) => new FrameBuilder(shard, epoch));
  let receivedAt = Math.round(clock.now());
  let presentAt = 0;

  const publish = async (tick: Tick): Promise<void> => {
    prices.record(tick);
    const full = builders[tick.instrument.shard]?.add(tick, receivedAt);
    if (full === undefined) return;
    await sender.send(full);
    receivedAt = Math.round(clock.now());
  };
  const flush = async (): Promise<void> => {
    for (const builder of builders) {
      const frame = builder.take();
      if (frame !== undefined) await sender.send(frame);
    }
  };

  pace.start(pass.startsAt);
  reading: for await (const ticks of pass.batches) {
    receivedAt = Math.round(clock.now());
    for (const tick of ticks) {
      if (!pace.isReleased(tick.exchangeAt)) {
        await flush();
        await pace.release(tick.exchangeAt, signal);
        receivedAt = Math.round(clock.now());
      }
      if (signal.aborted) break reading;
      if (sanity === undefined) {
        await publish(tick);
        continue;
      }
      presentAt = Math.max(presentAt, tick.exchangeAt);
      for (const valid of sanity.judge(tick, presentAt)) await publish(valid);
    }
  }
  sanity?.finish();
  for (const builder of builders) await sender.send(builder.takeLast(Math.round(clock.now())));
  await sender.drain();
  return {
    shards: Object.fromEntries(builders.map((builder, shard) => [shardName(shard), builder.totals])),
    refused: { ...sanity?.refusals },
  };
}
