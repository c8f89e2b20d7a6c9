import * as z from 'zod';

/**
 * Ids of tenants, users, positions and triggers: a path segment that needs no escaping anywhere.
 * The dot separates a user's id from the account's name, so ids of users hold none. Firestore keeps
 * `__...__` to itself.
 */
export const Id = z
  .string()
  .regex(/^(?!__.*__$)[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-", not "__...__"');
export const AccountId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,32}$/, 'must be "{uid}.{account name}"');
/** A venue's symbol in upper case, for example `BTC-USDT` or `SPY`. */
export const MarketSymbol = z.string().regex(/^[A-Z0-9][A-Z0-9._/-]{0,31}$/, 'must be an upper-case symbol');

/** Which account of which user of which tenant. */
export interface AccountRef {
  readonly tenant: string;
  readonly uid: string;
  readonly accountId: string;
}

/** The account that a user has from the start. */
export function mainAccount(tenant: string, uid: string): AccountRef {
  return { tenant, uid, accountId: `${uid}.main` };
}

/** A journal sequence as a document id: ten digits, so that ids sort as numbers do. */
export function sequenceId(seq: number): string {
  return seq.toString().padStart(10, '0');
}

/** The id of an event of an account: `{accountId}:{seq}:{index}`. */
export const EventId = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,32}:\d{10}:\d{1,4}$/,
    'must be an event\'s id: "{accountId}:{seq}:{index}", the sequence in ten digits',
  );

/** Which event of which account an id names. */
export function partsOfEventId(id: string): {
  readonly accountId: string;
  readonly seq: number;
  readonly index: number;
} {
  const [accountId = '', seq, index] = id.split(':');
  return { accountId, seq: Number(seq), index: Number(index) };
}

/** The id of one event: `{accountId}:{seq}:{index}`. */
export function eventId(accountId: string, seq: number, index: number): string {
  if (seq !== lastOf.seq || accountId !== lastOf.accountId)
    lastOf = { accountId, seq, commit: `${accountId}:${sequenceId(seq)}:` };
  return lastOf.commit + index;
}

/** One commit's events are asked for together. */
let lastOf = { accountId: '', seq: 0, commit: '' };
