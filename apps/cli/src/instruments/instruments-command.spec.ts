import { describe, expect, it } from '@jest/globals';
import { instrumentsOf } from './instruments-command.ts';

const spy = {
  symbol: 'SPY',
  contract: { kind: 'linear', multiplier: '1', currency: 'USD' },
  quoteCurrency: 'USD',
  tickSize: '0.01',
};

describe('a list of instruments', () => {
  it('describes a symbol each', () => {
    expect(instrumentsOf([spy, { ...spy, symbol: 'BTC-USDT' }], 'list.json')).toHaveLength(2);
  });

  it.each([
    [[], 'list.json: the instruments are not valid'],
    [[spy, { ...spy, tickSize: '0' }], '  [1].tickSize: must be more than zero'],
    [
      [{ ...spy, contract: { ...spy.contract, multiplier: '1'.repeat(13) } }],
      '  [0].contract.multiplier: must have',
    ],
    [[{ symbol: 'SPY' }], '  [0].quoteCurrency: is missing'],
    [[spy, spy], 'list.json: [1].symbol: "SPY" is there twice'],
  ])('is refused: %#', (list, message) => {
    expect(() => instrumentsOf(list, 'list.json')).toThrow(message);
  });
});
