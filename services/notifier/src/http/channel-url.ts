import { isIP } from 'node:net';
import { type PrivateReach, isReachable } from './public-address.ts';

const longest = 2_048;
/** Names that are no names of the public internet. */
const localNames = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

/**
 * Why a URL is no place to tell alerts; `undefined` when it is one. Names are looked up when they are connected to, and
 * what they stand for then is judged likewise.
 */
export function refusalOfUrl(text: string, allowed: PrivateReach): string | undefined {
  if (text.length > longest) return `must be at most ${longest} characters`;
  const url = URL.parse(text);
  if (url === null) return 'must be a URL like https://example.com/alerts';
  const host = hostOf(url);
  const isLocal = allowed === 'loopback' && isIP(host) !== 0 && !isReachable(host, 'none');
  if (url.protocol !== 'https:' && !(isLocal && url.protocol === 'http:')) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must hold no user and no password';
  return refusalOfHost(host, allowed);
}

/** The same of a host: a name, or an address. */
export function refusalOfHost(host: string, allowed: PrivateReach): string | undefined {
  if (isIP(host) !== 0)
    return isReachable(host, allowed) ? undefined : 'must be an address of the public internet';
  const name = host.toLowerCase().replace(/\.$/, '');
  const isName = /^(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/.test(name);
  return !isName || name.length > 253 || localNames.test(name)
    ? 'must name a host of the public internet'
    : undefined;
}

/** Without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
