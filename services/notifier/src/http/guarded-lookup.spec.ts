import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { guardedLookup } from './guarded-lookup.ts';
import type { PrivateReach } from './public-address.ts';

const families = (...addresses: readonly string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** What a connection to a name gets that stands for those addresses. */
async function looksUp(
  addresses: readonly string[],
  {
    all = false,
    allowed = 'none',
    error = null,
  }: { all?: boolean; allowed?: PrivateReach; error?: Error | null } = {},
) {
  const resolve = (_: string, __: object, answer: (...found: unknown[]) => void) =>
    answer(error, families(...addresses));
  return new Promise((done) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is asked in one form alone
    const lookup = guardedLookup(allowed, resolve as never);
    lookup('example.com', { all }, (failed, found, family) =>
      done(failed === null ? { found, ...(all ? {} : { family }) } : { code: failed.code }),
    );
  });
}

describe('the look-up of a name for a connection', () => {
  it('gives the address that was judged', async () => {
    expect(await looksUp(['93.184.216.34', '2a00::1'])).toEqual({ found: '93.184.216.34', family: 4 });
    expect(await looksUp(['93.184.216.34', '2a00::1'], { all: true })).toEqual({
      found: families('93.184.216.34', '2a00::1'),
    });
  });

  it.each([
    [['127.0.0.1']],
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['::ffff:127.0.0.1']],
    [['fd00:ec2::254']],
    [['93.184.216.34', '192.168.0.1']],
    [[]],
  ])('refuses a name that stands for %j', async (addresses) => {
    for (const all of [false, true])
      expect(await looksUp(addresses, { all })).toEqual({ code: 'EADDRESSREFUSED' });
  });

  it('allows this machine where it is told to, and nothing else', async () => {
    expect(await looksUp(['127.0.0.1'], { allowed: 'loopback' })).toMatchObject({ found: '127.0.0.1' });
    expect(await looksUp(['10.0.0.1'], { allowed: 'loopback' })).toEqual({ code: 'EADDRESSREFUSED' });
  });

  it('says that a name is not known', async () => {
    const error = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    expect(await looksUp([], { error })).toEqual({ code: 'ENOTFOUND' });
  });
});
