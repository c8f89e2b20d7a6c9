import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isReachable } from './public-address.ts';

/** First and last of what is not public, as numbers, written anew from the registries. */
const special4: readonly (readonly [number, number])[] = [
  [0x00_00_00_00, 0x00_ff_ff_ff],
  [0x0a_00_00_00, 0x0a_ff_ff_ff],
  [0x64_40_00_00, 0x64_7f_ff_ff],
  [0x7f_00_00_00, 0x7f_ff_ff_ff],
  [0xa9_fe_00_00, 0xa9_fe_ff_ff],
  [0xac_10_00_00, 0xac_1f_ff_ff],
  [0xc0_00_00_00, 0xc0_00_00_ff],
  [0xc0_00_02_00, 0xc0_00_02_ff],
  [0xc0_58_63_00, 0xc0_58_63_ff],
  [0xc0_a8_00_00, 0xc0_a8_ff_ff],
  [0xc6_12_00_00, 0xc6_13_ff_ff],
  [0xc6_33_64_00, 0xc6_33_64_ff],
  [0xcb_00_71_00, 0xcb_00_71_ff],
  [0xe0_00_00_00, 0xff_ff_ff_ff],
];

const dotted = (value: number) => [24, 16, 8, 0].map((bits) => (value >>> bits) & 0xff).join('.');
const near = special4.flatMap(([first, last]) => [first - 1, first, last, last + 1]);
const anyIpv4 = fc.oneof(
  fc.integer({ min: 0, max: 0xff_ff_ff_ff }),
  fc.constantFrom(...near.filter((value) => value >= 0 && value <= 0xff_ff_ff_ff)),
  fc.constantFrom(...special4).chain(([min, max]) => fc.integer({ min, max })),
);

/** Eight groups, with what begins as something special among them. */
const anyIpv6 = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(0, 0x64, 0x100, 0x1fff, 0x2000, 0x2001, 0x2002, 0x2003, 0x3ffe, 0x3fff, 0x4000, 0xfc00),
      fc.constantFrom(0xfdff, 0xfe80, 0xfec0, 0xff02),
      fc.integer({ min: 0, max: 0xffff }),
    ),
    fc.oneof(fc.constantFrom(0, 0x1ff, 0x200, 0xdb8, 0xfff, 0x1000), fc.integer({ min: 0, max: 0xffff })),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 6, maxLength: 6 }),
  )
  .map(([first, second, others]) => [first, second, ...others]);

function isPublic6([first = 0, second = 0]: readonly number[]): boolean {
  if (first < 0x2000 || first > 0x3fff) return false;
  if (first === 0x2001) return second >= 0x200 && second !== 0xdb8;
  if (first === 0x2002) return false;
  return !(first === 0x3fff && second < 0x1000);
}

describe('an address', () => {
  it('of IPv4 is reachable when it is in no special range', () => {
    fc.assert(
      fc.property(anyIpv4, (value) => {
        const isSpecial = special4.some(([first, last]) => value >= first && value <= last);
        expect(isReachable(dotted(value), 'none')).toBe(!isSpecial);
      }),
      { numRuns: 5_000 },
    );
  });

  it('of IPv6 is reachable when it is assigned to the public', () => {
    fc.assert(
      fc.property(anyIpv6, (groups) => {
        const address = groups.map((group) => group.toString(16)).join(':');
        expect(isReachable(address, 'none')).toBe(isPublic6(groups));
      }),
      { numRuns: 5_000 },
    );
  });

  it('of IPv4 within one of IPv6 is never reachable', () => {
    fc.assert(
      fc.property(
        anyIpv4,
        fc.constantFrom('::ffff:', '::', '64:ff9b::', '64:ff9b:1::', '::ffff:0:'),
        fc.constantFrom<'none' | 'loopback'>('none', 'loopback'),
        (value, prefix, allowed) => {
          const address = `${prefix}${dotted(value)}`;
          fc.pre(address !== '::0.0.0.1');
          expect(isReachable(address, allowed)).toBe(false);
        },
      ),
    );
  });

  it('of this machine is reachable where that is allowed, and no other because of it', () => {
    expect(['127.0.0.1', '127.255.255.254', '::1'].map((each) => isReachable(each, 'loopback'))).toEqual([
      true,
      true,
      true,
    ]);
    fc.assert(
      fc.property(anyIpv4, (value) => {
        const isLoopback = value >>> 24 === 127;
        expect(isReachable(dotted(value), 'loopback')).toBe(isLoopback || isReachable(dotted(value), 'none'));
      }),
    );
  });

  it.each([
    '',
    'localhost',
    '127.1',
    '0x7f000001',
    '2130706433',
    '1.2.3.4.5',
    'fe80::1%eth0',
    '2a00::1%1',
    '[::1]',
  ])('is none, and so not reachable: "%s"', (text) => {
    expect(isReachable(text, 'none')).toBe(false);
    expect(isReachable(text, 'loopback')).toBe(false);
  });
});
