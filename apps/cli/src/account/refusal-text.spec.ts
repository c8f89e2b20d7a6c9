import { describe, expect, it } from '@jest/globals';
import { refusalText } from './refusal-text.ts';

const account = { tenant: 'acme', accountId: 'ann.main' };

describe('a refusal in words', () => {
  it('gives the details, where it has any', () => {
    const refusal = { reason: 'NOT_WORKING', detail: 'orderId: ann.main.o' };
    expect(refusalText(refusal, account)).toBe('NOT_WORKING: orderId: ann.main.o');
    expect(refusalText({ reason: 'ACCOUNT_EXISTS', detail: '' }, account)).toBe('ACCOUNT_EXISTS');
  });

  it('says of an account that is not there which are, and what opens it', () => {
    const detail = 'accountId: ann.main, tenant: acme';
    expect(refusalText({ reason: 'NO_ACCOUNT', detail }, account)).toBe(
      `NO_ACCOUNT: ${detail}; ` +
        '`bellwether account list --tenant acme` tells which accounts acme has, ' +
        '`bellwether command send OpenAccount --tenant acme --account ann.main` opens this one',
    );
  });

  it.each(['TRADING_HALTED', 'TRADING_REDUCING'])('says of %s what tells who holds it', (reason) => {
    expect(refusalText({ reason, detail: '' }, account)).toBe(
      `${reason}: \`bellwether account show ann.main\` tells what holds it, \`bellwether kill release --help\` what lifts that`,
    );
  });

  it.each([
    ['NO_SUCH_ENTRY', '`bellwether ledger entries ann.main` tells what is booked'],
    ['NOT_REVERSIBLE', 'only what was deposited, taken out, granted or charged is taken back'],
    ['RESET_SINCE', 'deposit or take out what is to be different'],
  ])('says of %s what is taken back, and what else helps', (reason, words) => {
    expect(refusalText({ reason, detail: 'eventId: e' }, account)).toContain(words);
  });

  it('says what to do about a key, and what may be sent again', () => {
    const detail = 'key: k, detail: used before with other content';
    expect(refusalText({ reason: 'CONFLICT', detail }, account)).toBe(
      `CONFLICT: ${detail}; another --key makes it another command`,
    );
    for (const reason of ['CONTENDED', 'OVERLOADED'])
      expect(refusalText({ reason, detail: 'tries: 5' }, account)).toBe(
        `${reason}: tries: 5; nothing was changed: send it again with the same --key`,
      );
  });
});
