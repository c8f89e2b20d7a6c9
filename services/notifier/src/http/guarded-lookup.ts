import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type PrivateReach, isReachable } from './public-address.ts';

/** A name that stands for an address that no alert may go to. */
export class UnreachableAddressError extends Error {
  override readonly name = 'UnreachableAddressError';
  readonly code = 'EADDRESSREFUSED';
}

type Resolve = typeof lookup;
export type { LookupFunction } from 'node:net';

/**
 * Looks up names for a connection, which then goes to no address but the one that was judged here: a name that changes
 * its address meanwhile (DNS rebinding) gains nothing. One address among several that is not reachable refuses them all.
 */
export function guardedLookup(allowed: PrivateReach, resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, answer) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) answer(error, '');
      else if (first === undefined || addresses.some(({ address }) => !isReachable(address, allowed)))
        answer(new UnreachableAddressError('the name stands for no public address'), '');
      else if (options.all === true) answer(null, addresses);
      else answer(null, first.address, first.family);
    });
  };
}
