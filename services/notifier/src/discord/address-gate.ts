import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Gate } from '../channels/gate.ts';
import type { Outcome } from '../channels/outcome.ts';
import { InvalidAnswers } from './invalid-answers.ts';

export interface AddressGatePorts {
  readonly clock: Clock;
  /** Ends early when the signal is raised; never throws. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
}

/** Discord allows an address, or a bot, 50 requests in a second: a burst, and what is let through in the second after it. */
const burst = 5;
const perSecond = 45;

interface Waiter {
  readonly go: () => void;
  readonly signal: AbortSignal;
}

/**
 * Lets through the requests of all tenants to Discord, which knows them by one address, or by their bot: no more a second than it
 * allows, none while it limits the address or has answered too many as invalid, and of those who wait one tenant
 * after the other.
 */
export class AddressGate implements Gate {
  readonly #ports: AddressGatePorts;
  readonly #invalid: InvalidAnswers;
  /** By tenant; the tenant whose turn it is comes first. */
  readonly #waiting = new Map<string, Waiter[]>();
  readonly #closing = new AbortController();
  #isServing = false;
  #pausedUntil = 0;
  #tokens = burst;
  #tokensAt = 0;
  #announced = 0;

  /** @param invalid what our address was answered, also by way of other gates. */
  constructor(ports: AddressGatePorts, invalid = new InvalidAnswers()) {
    this.#ports = ports;
    this.#invalid = invalid;
  }

  /** Resolves when the tenant may send one request, or when the signal is raised. */
  turn(tenant: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiting.get(tenant) ?? [];
      const go = () => {
        signal.removeEventListener('abort', go);
        resolve();
      };
      waiters.push({ go, signal });
      this.#waiting.set(tenant, waiters);
      signal.addEventListener('abort', go);
      if (!this.#isServing) void this.#serve();
    });
  }

  /** Epoch milliseconds before which nobody is let through. */
  get closedUntil(): number {
    return Math.max(this.#pausedUntil, this.#invalid.closedUntil);
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Invalid answers of the last ten minutes. */
  get invalidAnswers(): number {
    return this.#invalid.within(this.#ports.clock.now());
  }

  /** Waits for nothing any more. To be called when all senders are closed. */
  close(): void {
    this.#closing.abort();
  }

  /** Takes note of what a request came to. */
  note(outcome: Outcome): void {
    const { clock, logger } = this.#ports;
    const now = clock.now();
    if (outcome.kind === 'throttled' && outcome.scope === 'global')
      this.#pausedUntil = Math.max(this.#pausedUntil, now + outcome.retryAfterMs);
    const isInvalid = outcome.kind === 'gone' || (outcome.kind === 'throttled' && outcome.scope !== 'shared');
    if (!isInvalid) return;
    this.#invalid.note(now);
    const { closedUntil } = this.#invalid;
    if (closedUntil <= now || this.#announced > now) return;
    this.#announced = closedUntil;
    logger.error({ closedUntil }, 'too many invalid answers of Discord: no alert is sent until then');
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    await Promise.resolve();
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const waitMs = this.#waitMs();
      if (waitMs > 0 && !this.#closing.signal.aborted) {
        await this.#ports.sleep(Math.ceil(waitMs), this.#closing.signal);
        continue;
      }
      this.#tokens -= 1;
      this.#take(next);
      await Promise.resolve();
    }
    this.#isServing = false;
  }

  /** The tenant whose turn it is, after forgetting those who wait no more. */
  #next(): string | undefined {
    for (const [tenant, waiters] of this.#waiting) {
      const left = waiters.filter(({ signal }) => !signal.aborted);
      if (left.length > 0) {
        waiters.splice(0, waiters.length, ...left);
        return tenant;
      }
      this.#waiting.delete(tenant);
    }
    return undefined;
  }

  #take(tenant: string): void {
    const [waiter, ...others] = this.#waiting.get(tenant) ?? [];
    this.#waiting.delete(tenant);
    if (others.length > 0) this.#waiting.set(tenant, others);
    waiter?.go();
  }

  #waitMs(): number {
    const now = this.#ports.clock.now();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#tokensAt) / 1_000) * perSecond);
    this.#tokensAt = now;
    const emptyMs = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) * 1_000) / perSecond;
    return Math.max(this.closedUntil - now, emptyMs);
  }
}
