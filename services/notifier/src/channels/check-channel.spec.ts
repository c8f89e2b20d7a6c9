import type { ChannelDocument } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import type { LookupFunction } from '../http/guarded-lookup.ts';
import { checkChannel, refusalOfAddress } from './check-channel.ts';
import { placeOf } from './place-of.ts';

const slack: ChannelDocument = {
  kind: 'slack',
  url: 'https://hooks.example.com/services/secret',
  status: 'active',
};
const telegram: ChannelDocument = { kind: 'telegram', botToken: '1:a', chatId: '-1', status: 'active' };
const mail: ChannelDocument = {
  kind: 'email',
  host: 'smtp.example.com',
  port: 465,
  security: 'tls',
  password: 'secret',
  from: 'a@example.com',
  to: ['b@example.com', 'c@example.com'],
  status: 'active',
};
const refusing =
  (code: string): LookupFunction =>
  (_, __, answer) =>
    answer(Object.assign(new Error(code), { code }), '');
const knowing: LookupFunction = (_, __, answer) => answer(null, [{ address: '93.184.216.34', family: 4 }]);

describe('the check of a channel', () => {
  it('names every field that is wrong', () => {
    expect(checkChannel(slack, 'none')).toEqual({ kind: 'valid', channel: slack });
    const checked = checkChannel({ ...slack, url: 'https://10.0.0.1', status: 'on' }, 'none');
    expect(checked.kind === 'invalid' && checked.problems).toMatch(
      /^url: [^]*\nstatus: |^status: [^]*\nurl: /,
    );
  });

  it.each<[string, ChannelDocument, LookupFunction, string | undefined]>([
    ['a public host', slack, knowing, undefined],
    [
      'a host within',
      slack,
      refusing('EADDRESSREFUSED'),
      'hooks.example.com stands for an address that is not of the public internet',
    ],
    [
      'a host that is not known',
      mail,
      refusing('ENOTFOUND'),
      'smtp.example.com cannot be looked up (ENOTFOUND)',
    ],
    [
      'an address',
      { ...mail, host: '10.0.0.1' },
      knowing,
      '10.0.0.1 must be an address of the public internet',
    ],
    ['no host of its own', telegram, refusing('ENOTFOUND'), undefined],
  ])('looks up %s', async (_, channel, lookup, refusal) => {
    expect(await refusalOfAddress(channel, 'none', lookup)).toBe(refusal);
  });

  it('tells where a channel goes without its secrets', () => {
    expect([slack, telegram, mail].map(placeOf)).toEqual([
      'hooks.example.com',
      'chat -1',
      'b@example.com, c@example.com',
    ]);
  });
});
