import type { MeteredService } from '../core/meter.ts';

/** gRPC's status codes, as far as a server may answer them on its own. */
export const faultCodes = [
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'INTERNAL',
  'UNAVAILABLE',
  'UNAUTHENTICATED',
] as const;
export type FaultCode = (typeof faultCodes)[number];

/** Where a fault strikes: which calls, from the how many-th on, and on which side of the effect. */
export interface FaultAt {
  readonly service: MeteredService;
  /** For example `Commit`, `Publish`, `StreamingPull`; `*` is every method. */
  readonly method: string;
  /** Strikes only calls that name a resource with this text in it. */
  readonly resource?: string;
  /** The first matching call that it strikes, counted from 1; 1 when absent. */
  readonly nth?: number;
  /** How many calls it strikes; without end when absent. */
  readonly times?: number;
  /** Before the effect, so nothing happens; or after it, so that it happened whatever is answered. */
  readonly side: 'before' | 'after';
}

export type FaultDo =
  | { readonly kind: 'error'; readonly code: FaultCode; readonly message?: string }
  /** gRPC: no answer ever comes, a stream goes silent. HTTP: the connection is cut. */
  | { readonly kind: 'drop' }
  /** Of the effect or of the answer. HTTP: the effect comes although the client may be gone by then. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Each message of a stream is sent twice. */
  | { readonly kind: 'dup' }
  /** Each message of a stream changes places with the next. */
  | { readonly kind: 'reorder' }
  /** Discord: 429 with the time to wait. `shared` is for all who use the resource, whatever remains to the caller. */
  | { readonly kind: 'rateLimit'; readonly scope: RateLimitScope; readonly retryAfterMs: number }
  /** Discord: the clock behind `X-RateLimit-Reset` is ahead by so much, or behind when negative. */
  | { readonly kind: 'skew'; readonly ms: number };

const rateLimitScopes = ['user', 'global', 'shared'] as const;
export type RateLimitScope = (typeof rateLimitScopes)[number];

export interface Fault {
  readonly at: FaultAt;
  readonly do: FaultDo;
}

/** Input that is no fault plan: the message names the field and the reason. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}

const services: readonly MeteredService[] = ['pubsub', 'firestore', 'bigquery', 'discord'];
const longestDelayMs = 600_000;
const longestWaitMs = 86_400_000;

/** Reads `{ "faults": [...] }` or one fault. @throws FaultError that names the field. */
export function parseFaults(json: unknown): readonly Fault[] {
  const list = isRecord(json) && Array.isArray(json['faults']) ? json['faults'] : [json];
  return list.map((fault, index) => parseFault(fault, `faults[${index}]`));
}

function parseFault(json: unknown, where: string): Fault {
  if (!isRecord(json)) throw new FaultError(`${where}: must be an object with "at" and "do"`);
  const at = parseAt(json['at'], `${where}.at`);
  const planned = parseDo(json['do'], `${where}.do`);
  if ((planned.kind === 'rateLimit' || planned.kind === 'skew') && at.service !== 'discord')
    throw new FaultError(`${where}.do.kind: ${planned.kind} is for discord only`);
  return { at, do: planned };
}

function parseAt(json: unknown, where: string): FaultAt {
  if (!isRecord(json)) throw new FaultError(`${where}: must be an object`);
  const { service, method = '*', resource, nth, times, side = 'before' } = json;
  const known = services.find((name) => name === service);
  if (known === undefined) throw new FaultError(`${where}.service: must be one of ${services.join(', ')}`);
  if (typeof method !== 'string') throw new FaultError(`${where}.method: must be a method's name or "*"`);
  if (side !== 'before' && side !== 'after')
    throw new FaultError(`${where}.side: must be "before" or "after"`);
  if (resource !== undefined && typeof resource !== 'string')
    throw new FaultError(`${where}.resource: must be text`);
  return {
    service: known,
    method,
    side,
    ...(resource === undefined ? {} : { resource }),
    ...(nth === undefined ? {} : { nth: count(nth, `${where}.nth`) }),
    ...(times === undefined ? {} : { times: count(times, `${where}.times`) }),
  };
}

function parseDo(json: unknown, where: string): FaultDo {
  if (!isRecord(json)) throw new FaultError(`${where}: must be an object`);
  const { kind, code, message, ms, scope, retryAfterMs } = json;
  switch (kind) {
    case 'drop':
    case 'dup':
    case 'reorder':
      return { kind };
    case 'delay':
      return { kind, ms: number(ms, 0, longestDelayMs, `${where}.ms`) };
    case 'skew':
      return { kind, ms: number(ms, -longestWaitMs, longestWaitMs, `${where}.ms`) };
    case 'rateLimit': {
      const known = rateLimitScopes.find((name) => name === scope);
      if (known === undefined)
        throw new FaultError(`${where}.scope: must be one of ${rateLimitScopes.join(', ')}`);
      return {
        kind,
        scope: known,
        retryAfterMs: number(retryAfterMs, 1, longestWaitMs, `${where}.retryAfterMs`),
      };
    }
    case 'error': {
      const known = faultCodes.find((name) => name === code);
      if (known === undefined) throw new FaultError(`${where}.code: must be one of ${faultCodes.join(', ')}`);
      return { kind, code: known, ...(typeof message === 'string' ? { message } : {}) };
    }
    default:
      throw new FaultError(`${where}.kind: must be one of error, drop, delay, dup, reorder, rateLimit, skew`);
  }
}

function number(value: unknown, least: number, most: number, where: string): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new FaultError(`${where}: must be a number from ${least} to ${most}`);
}

function count(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new FaultError(`${where}: must be a whole number above 0`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
