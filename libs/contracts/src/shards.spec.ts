import { expect, it } from '@jest/globals';
import { shardOf } from './shards.ts';

it('divides symbols the same way for ever', () => {
  const symbols = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT', 'XRP-USDT', 'SPY', 'BAC', 'IBM', 'AIG'];
  expect(symbols.map((symbol) => shardOf(symbol, 8))).toEqual([7, 3, 0, 4, 5, 5, 5, 0]);
});
