import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderMessage } from '../messages/render-message.ts';
import { alertTypes, isAlertType } from '../notices/alert-types.ts';
import { closed, noticeOf } from '../notices/notice.builder.ts';
import { sampleNotice } from '../notices/sample-notice.ts';
import { placeholdersOf, valuesOf } from './placeholders.ts';
import { faultOf, fill } from './template.ts';

describe('a template', () => {
  it.each([
    ['no document of one', {}, 'text: must be text'],
    ['an empty one', { text: ' ' }, 'text: must be text'],
    ['a long one', { text: 'x'.repeat(501) }, 'text: must be at most 500 characters'],
    ['an open brace', { text: 'closed {symbol' }, 'text: has a brace without its other'],
    ['a closed brace', { text: 'closed symbol}' }, 'text: has a brace without its other'],
  ])('is refused for %s', (_, stored, reason) => {
    expect(faultOf('PositionClosed', stored)).toBe(reason);
  });

  it('is refused for a name that alerts of its type do not have, and says which they have', () => {
    expect(faultOf('TriggerFired', { text: '{symbol} {pnl}' })).toBe(
      'text: {pnl} is not known of TriggerFired; known are {symbol}, {price}, {trigger}, {headline}, {event}, {account}, {user}, {time}',
    );
    expect(faultOf('PositionClosed', { text: '{toString}' })).toContain('{toString} is not known');
  });

  it('is refused for what is no alert, and says what is', () => {
    expect(faultOf('PositionShut', { text: '{symbol}' })).toMatch(
      /^"PositionShut" is no event of alerts; there are PositionOpened, .*, WeekSummarized$/,
    );
  });

  it.each(Object.keys(alertTypes).filter(isAlertType))(
    'of %s may hold what its alerts have, and nothing else',
    (of) => {
      const known = Object.keys(valuesOf(sampleNotice(of)));
      expect(known.toSorted()).toEqual([...placeholdersOf(of)].toSorted());
    },
  );

  it('becomes the first line of the alert, its values escaped, and shadow is still said', () => {
    const notice = noticeOf(closed({ symbol: '*BTC*', strategy: '@everyone' }));
    const text = '{symbol} {side} out at {price}: {pnl} {currency} [{strategy}] {reason}';
    expect(faultOf('PositionClosed', { text })).toBeUndefined();
    const alert = { notice, possibleRepeat: true, text: fill(text, valuesOf(notice)) };
    expect(renderMessage([alert]).content).toBe(
      `[SHADOW] \\*BTC\\* long out at 94: -42.1 USDT \\[@\u200beveryone\\] stop (possible repeat)`,
    );
  });

  it('does not look into what it was filled with', () => {
    const any = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(any, any, (symbol, side) => {
        expect(fill('{symbol}|{side}', { symbol, side })).toBe(`${symbol}|${side}`);
      }),
    );
  });
});
