import { type Frame, decodeFrame, encodeFrame } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { instrument, tick } from '../ticks/tick.builder.ts';
import { FrameBuilder, ticksPerFrame } from './frame-builder.ts';

const trade = instrument('SPY', { shard: 3, sizeScale: 1 });
const quote = instrument('EURUSD', { kind: 'quote', priceScale: 5, shard: 3 });

describe('FrameBuilder', () => {
  it('numbers frames from 1 and ticks from 0, without a gap', () => {
    const builder = new FrameBuilder(3, 'tape-0000000001');
    const frames: Frame[] = [];
    for (let i = 0; i < 2 * ticksPerFrame + 10; i += 1) {
      const full = builder.add(tick(trade, i), i);
      if (full !== undefined) frames.push(full);
    }
    const rest = builder.take();
    if (rest !== undefined) frames.push(rest);
    frames.push(builder.takeLast(9_999));
    expect(
      frames.map(({ number, firstOrdinal, length, isLast }) => [number, firstOrdinal, length, isLast]),
    ).toEqual([
      [1, 0, 512, false],
      [2, 512, 512, false],
      [3, 1_024, 10, false],
      [4, 1_034, 0, true],
    ]);
    expect(frames.map(({ receivedAt }) => receivedAt)).toEqual([511, 1_023, 1_033, 9_999]);
    expect(builder.totals).toEqual({ frames: 4, ticks: 1_034 });
  });

  it('makes no empty frame before the last', () => {
    expect(new FrameBuilder(0, 'e').take()).toBeUndefined();
  });

  it('lists the instruments of each frame alone', () => {
    const builder = new FrameBuilder(3, 'e');
    builder.add(tick(trade, 1), 1);
    builder.take();
    builder.add(tick(quote, 2, 110_000, 110_003), 2);
    builder.add(tick(trade, 3, 17_000, 5), 3);
    builder.add(tick(quote, 4, 110_001, 110_002), 4);
    const frame = builder.takeLast(5);
    expect(decodeFrame(encodeFrame(frame))).toEqual({
      shard: 3,
      epoch: 'e',
      number: 2,
      firstOrdinal: 1,
      receivedAt: 4,
      isLast: true,
      instruments: [
        { symbol: 'EURUSD', venue: 'test', kind: 'quote', priceScale: 5, sizeScale: 0 },
        { symbol: 'SPY', venue: 'test', kind: 'trade', priceScale: 2, sizeScale: 1 },
      ],
      length: 3,
      instrument: Uint16Array.of(0, 1, 0),
      exchangeAt: Float64Array.of(2, 3, 4),
      first: Float64Array.of(110_000, 17_000, 110_001),
      second: Float64Array.of(110_003, 5, 110_002),
    });
  });

  it('places changes of health between the ticks, and sends one that no tick follows', () => {
    const builder = new FrameBuilder(3, 'e');
    const change = { symbol: 'SPY', health: 'stale', reason: 'silent', since: 1 } as const;
    builder.add(tick(trade, 1, 7), 1);
    builder.changeHealth(change, 2);
    builder.add(tick(trade, 3, 7), 3);
    expect(builder.take()).toMatchObject({ length: 2, receivedAt: 3, health: [{ ...change, at: 1 }] });
    builder.changeHealth(change, 4);
    expect(builder.take()).toMatchObject({ length: 0, receivedAt: 4, health: [{ ...change, at: 0 }] });
    expect(builder.take()).toBeUndefined();
  });

  it('leaves a built frame alone when more is added', () => {
    const builder = new FrameBuilder(3, 'e');
    builder.add(tick(trade, 1, 7), 1);
    const frame = builder.take();
    builder.add(tick(quote, 2, 8), 2);
    expect(frame?.first).toEqual(Float64Array.of(7));
    expect(frame?.instruments.map(({ symbol }) => symbol)).toEqual(['SPY']);
  });
});
