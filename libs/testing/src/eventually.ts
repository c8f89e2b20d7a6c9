import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long to keep trying; 15,000 by default: a machine that does other work, too, is slow. */
  readonly timeoutMs?: number;
  /** The pause between two tries; 10 by default. */
  readonly intervalMs?: number;
}

/**
 * Repeats `check` until it neither throws nor answers false, and answers its value.
 *
 * For what becomes true in its own time: `await eventually(async () => expect(await count()).toBe(3))`.
 * Throws after `timeoutMs` with the last failure as message and cause, also when a try never settles.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 15_000, intervalMs = 10 }: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown = new Error('the first try has not settled');
  let tries = 0;
  do {
    tries += 1;
    const tried = await within(deadline, check);
    if (tried === undefined) break;
    if ('value' in tried && isTrue(tried.value)) return tried.value;
    failure = 'value' in tried ? new Error('it is still false') : tried.error;
    await delay(intervalMs);
  } while (performance.now() < deadline);
  const reason = failure instanceof Error ? failure.message : String(failure);
  throw new Error(`not within ${timeoutMs} ms, in ${tries} tries; last: ${reason}`, { cause: failure });
}

function isTrue<T>(value: T): value is Exclude<T, false> {
  return value !== false;
}

/** Undefined: `check` did not settle before the deadline. */
async function within<T>(
  deadline: number,
  check: () => T | Promise<T>,
): Promise<{ value: T } | { error: unknown } | undefined> {
  const stop = new AbortController();
  const tried = (async () => {
    try {
      return { value: await check() };
    } catch (error) {
      return { error };
    }
  })();
  const late = delay(Math.max(0, deadline - performance.now()), undefined, { signal: stop.signal }).catch(
    () => undefined,
  );
  try {
    return await Promise.race([tried, late]);
  } finally {
    stop.abort();
  }
}
