import type { RequestListener, ServerResponse } from 'node:http';
import type { CloudClock } from '../core/clock.ts';
import { refuseForeign } from '../rest/loopback.ts';
import type { RateLimiter } from './rate-limit.ts';

const invalidStatuses: ReadonlySet<number> = new Set([401, 403, 429]);

/**
 * What stands before Discord: counts the invalid answers to an address, planned ones too, and blocks it when there were
 * too many. A 429 of the scope `shared` is not the address's fault and does not count.
 */
export function guardAddress(
  invalid: RateLimiter,
  clock: CloudClock,
  listener: RequestListener,
): RequestListener {
  return (request, response) => {
    if (!request.url?.startsWith('/api') || refuseForeign(request.headers) !== undefined) {
      listener(request, response);
      return;
    }
    if (invalid.isUsedUp('address', clock.nowMicros())) {
      sendBlockPage(response);
      return;
    }
    response.once('finish', () => {
      const isShared = response.getHeader('X-RateLimit-Scope') === 'shared';
      if (invalidStatuses.has(response.statusCode) && !isShared) invalid.take('address', clock.nowMicros());
    });
    listener(request, response);
  };
}

/** No JSON: it is not Discord that answers. */
function sendBlockPage(response: ServerResponse): void {
  response.writeHead(429, {
    'content-type': 'text/plain; charset=UTF-8',
    'Retry-After': '600',
    server: 'cloudflare',
  });
  response.end('error code: 1015');
}
