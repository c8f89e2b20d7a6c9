import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What of addresses that are not public may be reached nevertheless: nothing, or this machine, for tests and local runs. */
export type PrivateReach = 'none' | 'loopback';

/**
 * Whether an address belongs to the public internet, or to what is allowed besides. Of IPv6 only what is assigned to the
 * public is, and nothing that carries an IPv4 address within.
 *
 * Source: IANA's special-purpose address registries, RFC 6890.
 */
export function isReachable(address: string, allowed: PrivateReach): boolean {
  if (allowed === 'loopback' && (address === '::1' || (isIPv4(address) && address.startsWith('127.'))))
    return true;
  if (isIPv4(address)) return !special4.check(address, 'ipv4');
  // a zone, as in fe80::1%eth0, belongs to a link
  return (
    isIPv6(address) &&
    !address.includes('%') &&
    assigned6.check(address, 'ipv6') &&
    !special6.check(address, 'ipv6')
  );
}

function listOf(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

const special4 = listOf('ipv4', [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, and the metadata of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocols
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
]);

const assigned6 = listOf('ipv6', ['2000::/3']);

const special6 = listOf('ipv6', [
  '2001::/23', // protocols, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
]);
