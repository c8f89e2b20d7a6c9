import { type Frame, shardName } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { EpochResult } from '../epochs/feed-epochs.ts';
import { FrameBuilder } from '../frames/frame-builder.ts';
import type { SymbolChange } from '../health/symbol-health.ts';
import type { LastPrices } from '../marks/last-prices.ts';
import type { TapePace } from '../pacing/tape-pace.ts';
import type { Tick } from '../ticks/tick.ts';
import type { TickPass } from '../ticks/tick-source.ts';
import type { TickCheck } from './tick-check.ts';

export interface EpochParts {
  readonly epoch: string;
  readonly shards: number;
  readonly pass: TickPass;
  readonly pace: TapePace;
  /** Without it every tick is valid, and every symbol healthy. */
  readonly check?: TickCheck;
  readonly prices: LastPrices;
  readonly sender: { send(frame: Frame): Promise<void>; drain(): Promise<void> };
  readonly clock: Clock;
}

/**
 * Publishes one pass over a source: ticks in order, each when it is due, then a last frame for every shard.
 * After an abort the rest of the pass is left out and the last frames follow at once.
 */
export async function runEpoch(parts: EpochParts, signal: AbortSignal): Promise<EpochResult> {
  const { epoch, shards, pass, pace, check, prices, sender, clock } = parts;
  const builders = Array.from({ length: shards }, (_, shard) => new FrameBuilder(shard, epoch));
  let receivedAt = Math.round(clock.now());

  const publish = async (tick: Tick): Promise<void> => {
    prices.record(tick);
    const full = builders[tick.instrument.shard]?.add(tick, receivedAt);
    if (full === undefined) return;
    await sender.send(full);
    receivedAt = Math.round(clock.now());
  };
  const change = (news: SymbolChange): void => builders[news.shard]?.changeHealth(news, receivedAt);
  const flush = async (): Promise<void> => {
    for (const builder of builders) {
      const frame = builder.take();
      if (frame !== undefined) await sender.send(frame);
    }
  };
  const nextDeadline = (): number => check?.nextDeadline ?? Infinity;
  /** Waits for a tick to be due. What falls due before is silence that is too long. */
  const wait = async (until: number): Promise<void> => {
    await flush();
    for (let due = nextDeadline(); due < until && !signal.aborted; due = nextDeadline()) {
      await pace.release(due, signal);
      receivedAt = Math.round(clock.now());
      if (!signal.aborted) for (const news of check?.pass(due) ?? []) change(news);
      await flush();
    }
    await pace.release(until, signal);
    receivedAt = Math.round(clock.now());
  };

  pace.start(pass.startsAt);
  reading: for await (const ticks of pass.batches) {
    receivedAt = Math.round(clock.now());
    for (const tick of ticks) {
      if (!pace.isReleased(tick.exchangeAt)) await wait(tick.exchangeAt);
      if (signal.aborted) break reading;
      if (check === undefined) await publish(tick);
      else
        for (const step of check.check(tick)) {
          if ('tick' in step) await publish(step.tick);
          else change(step.change);
        }
    }
  }
  check?.finish();
  for (const builder of builders) await sender.send(builder.takeLast(Math.round(clock.now())));
  await sender.drain();
  return {
    shards: Object.fromEntries(builders.map((builder, shard) => [shardName(shard), builder.totals])),
    ...(check?.result ?? { refused: {}, refusedSamples: [] }),
  };
}
