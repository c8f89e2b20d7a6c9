import type { IncomingHttpHeaders } from 'node:http';

/**
 * Why a request is none of this machine's programs': undefined when it is one. A web page sends an Origin, and a name
 * that it had rebound to 127.0.0.1 stands in the Host.
 */
export function refuseForeign({ host = '', origin }: IncomingHttpHeaders): string | undefined {
  if (origin !== undefined) return 'requests of web pages (with an Origin header) are refused';
  const name = host.replace(/:\d+$/, '');
  if (name !== '127.0.0.1' && name !== 'localhost') return 'the Host header must be 127.0.0.1 or localhost';
  return undefined;
}
