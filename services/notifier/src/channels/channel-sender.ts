import { type Clock, invariant } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type Delivery, type DeliveryRecord, isTooMuchTwice } from '../deliveries/delivery.ts';
import { severityOf } from '../notices/alert-facts.ts';
import { isBefore } from '../notices/journal-order.ts';
import type { Notice } from '../notices/notice.ts';
import { backoffMs } from './backoff.ts';
import type { Attempt, ChannelClient, ConnectChannel, Telling } from './channel-client.ts';
import type { Channel } from './channel.ts';
import type { Outcome } from './outcome.ts';
import { redacted } from './redacted.ts';

/** What a sender needs from the world. */
export interface SenderPorts {
  readonly connect: ConnectChannel;
  readonly clock: Clock;
  /** Ends early when the signal is raised; never throws. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly record: DeliveryRecord;
  /** The channel answered the alert so that it is not to be asked again. */
  readonly disable: (channel: Channel, reason: string, alert: Delivery) => Promise<void>;
  readonly timeoutMs: number;
  readonly retryMs: number;
  readonly logger: Logger;
}

const maxFailures = 8;
/** Alerts that wait here hold up the messages of all tenants: those beyond wait in their documents. */
const maxWaiting = 100;
/** So do those that could not go within this time, or that wait for a channel that fails. */
const longestWaitMs = 5_000;
/** How far apart parked alerts become due, and how many at most at once: ten in a message, a message a second. */
const parkedApartMs = 100;
const mostParkedAtOnce = 10;
const maxWrites = 5;
const writePauseMs = 100;
/** How long `close` waits for the answer to the request in flight. */
const closeMs = 2_000;

interface Waiting {
  delivery: Delivery;
  /** As in `Telling`. */
  doubtedSince?: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the alerts of one channel, of whatever kind: one request at a time, as many waiting alerts in one message as fit,
 * at the pace that its provider asks for.
 */
export class ChannelSender {
  readonly #ports: SenderPorts;
  #channel: Channel;
  #client: ChannelClient;
  #disabledReason: string | undefined;
  #nextRequestAt = 0;
  /** Failures in a row of the alerts in hand. */
  #failures = 0;
  /** Of the alert that was parked last. */
  #lastDueAt = 0;
  readonly #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  readonly #closing = new AbortController();
  /** Raised when the request in flight is to end. */
  readonly #cut = new AbortController();

  constructor(channel: Channel, ports: SenderPorts) {
    this.#channel = channel;
    this.#client = ports.connect(channel);
    this.#ports = ports;
  }

  /** As in `ChannelClient`. */
  get knowsRepeats(): boolean {
    return this.#client.knowsRepeats;
  }

  /** Whether a message of the channel can be replaced. */
  get canEdit(): boolean {
    return this.#client.edit !== undefined;
  }

  /** Goes on with the channel as its document is now; one that was changed gets a new chance. */
  use(channel: Channel): void {
    if (channel.updatedAt.isEqual(this.#channel.updatedAt)) return;
    this.#channel = channel;
    this.#client = this.#ports.connect(channel);
    this.#disabledReason = undefined;
  }

  /**
   * Resolves when the delivery is recorded as sent, dead, or parked because its turn is far off. Rejects when the
   * sender closes before, or when that cannot be recorded.
   */
  send(delivery: Delivery): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = {
        delivery,
        ...(delivery.possibleRepeat ? { doubtedSince: 0 } : {}),
        resolve,
        reject,
      };
      if (this.#isFarOff()) {
        void this.#park([waiting]);
        return;
      }
      this.#enqueue(waiting);
      this.#running ??= this.#run();
    });
  }

  /**
   * Sends no more; gives the request in flight two seconds. What no request has carried is released, all else
   * stays claimed: the next life sends it as a possible repeat.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    const cut = setTimeout(() => this.#cut.abort(), closeMs);
    await this.#running;
    clearTimeout(cut);
  }

  /** The critical go before others, and of both what an account did in the order in which it did it. */
  #enqueue(waiting: Waiting): void {
    const { notice } = waiting.delivery;
    const later = this.#queue.findIndex(({ delivery }) => goesBefore(notice, delivery.notice));
    this.#queue.splice(later === -1 ? this.#queue.length : later, 0, waiting);
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#turn();
      let batch: Waiting[] = [];
      try {
        batch = this.#queue.splice(0, this.#isClosing ? this.#queue.length : this.#fitting());
        await this.#deliver(batch);
      } catch (error) {
        for (const { reject } of [...batch, ...this.#queue.splice(0)]) reject(error);
      }
    }
    this.#running = undefined;
  }

  /** How many of those that wait go into the next message. What replaces a message goes alone. */
  #fitting(): number {
    const replacing = this.#queue.findIndex(({ delivery }) => delivery.replaces !== undefined);
    if (replacing === 0) return 1;
    const posted = replacing === -1 ? this.#queue : this.#queue.slice(0, replacing);
    return this.#client.fitting(deliveriesOf(posted));
  }

  #isFarOff(): boolean {
    if (this.#disabledReason !== undefined || this.#isClosing) return false;
    return this.#queue.length >= maxWaiting || this.#failures > 0 || this.#waitMs() > longestWaitMs;
  }

  #waitMs(): number {
    return Math.max(this.#nextRequestAt, this.#client.gate.closedUntil) - this.#ports.clock.now();
  }

  /** Leaves alerts to be taken up from their documents when the channel may be asked again. */
  async #park(batch: readonly Waiting[]): Promise<void> {
    const { clock, record } = this.#ports;
    for (let first = 0; first < batch.length; first += mostParkedAtOnce) {
      const some = batch.slice(first, first + mostParkedAtOnce);
      const soonest = clock.now() + Math.max(this.#waitMs(), this.#failures > 0 ? longestWaitMs : 0);
      const dueAt = Math.max(soonest, this.#lastDueAt + parkedApartMs * some.length);
      this.#lastDueAt = dueAt;
      await this.#settle(some, async (deliveries) => record.parked(deliveries, dueAt));
    }
  }

  /** Repeats the request until its outcome is final or far off. It is the channel's turn. */
  async #deliver(all: readonly Waiting[], form: Telling['form'] = 'rich'): Promise<void> {
    let batch = all;
    this.#failures = 0;
    for (;;) {
      if (this.#isClosing) return this.#giveBack(batch);
      if (this.#disabledReason !== undefined) return this.#bury(batch, this.#disabledReason);
      const outcome = await this.#request(batch, form);
      switch (outcome.kind) {
        case 'sent':
          this.#failures = 0;
          this.#log(batch, outcome);
          return this.#settle(batch, async (deliveries) => this.#ports.record.sent(deliveries, outcome));
        case 'throttled':
          if (this.#waitMs() > longestWaitMs) return this.#park([...batch, ...this.#queue.splice(0)]);
          break;
        case 'ambiguous':
        case 'unreachable':
          this.#failures += 1;
          if (this.#failures === maxFailures) {
            this.#failures = 0;
            return this.#bury(batch, `${outcome.reason}, after ${maxFailures} tries`);
          }
          await this.#noteFailure(batch, outcome, this.#failures);
          batch = await this.#parkInformational(batch);
          if (batch.length === 0) {
            this.#failures = 0;
            return;
          }
          if (!this.#isClosing) await this.#park(this.#queue.splice(0));
          break;
        case 'refused':
          this.#failures = 0;
          if (batch.length > 1) {
            for (const each of batch) {
              await this.#turn();
              await this.#deliver([each]);
            }
            return;
          }
          if (batch[0]?.delivery.isAmendment === true) return this.#bury(batch, outcome.reason);
          if (this.#forgetsReplaced(batch)) {
            await this.#turn();
            return this.#deliver(batch);
          }
          if (form === 'plain text' || !this.#client.hasPlainText) return this.#bury(batch, outcome.reason);
          await this.#turn();
          return this.#deliver(batch, 'plain text');
        case 'gone':
          return this.#disable(batch, outcome.reason);
        case 'unconfirmed':
          return this.#bury(batch, outcome.reason);
      }
      await this.#turn();
    }
  }

  /** Leaves what is never posted again to the next digest, which takes it up from its document; answers the rest. */
  async #parkInformational(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { true: informational = [], false: others = [] } = Object.groupBy(batch, ({ delivery }) =>
      String(!this.#client.knowsRepeats && isTooMuchTwice(delivery)),
    );
    await this.#park(informational);
    return others;
  }

  async #request(batch: readonly Waiting[], form: Telling['form']): Promise<Outcome> {
    const { clock } = this.#ports;
    const startedAt = clock.now();
    const { outcome: told, pauseMs = 0 } = await this.#tell(batch, form);
    const outcome =
      'reason' in told ? { ...told, reason: redacted(told.reason, this.#client.secrets) } : told;
    this.#client.gate.note(outcome);
    const throttledMs = outcome.kind === 'throttled' ? outcome.retryAfterMs : 0;
    this.#nextRequestAt = clock.now() + Math.max(pauseMs, throttledMs);
    for (const waiting of batch) {
      const { delivery } = waiting;
      const isDoubtful = outcome.kind === 'ambiguous' && delivery.replaces === undefined;
      if (isDoubtful) waiting.doubtedSince ??= startedAt;
      const isOnce = outcome.kind === 'sent' && outcome.isOnce === true;
      const possibleRepeat = !isOnce && (delivery.possibleRepeat || isDoubtful);
      waiting.delivery = { ...delivery, attempts: delivery.attempts + 1, possibleRepeat };
    }
    if (outcome.kind !== 'sent') this.#log(batch, outcome);
    return outcome;
  }

  async #tell(batch: readonly Waiting[], form: Telling['form']): Promise<Attempt> {
    const alerts = deliveriesOf(batch);
    const signal = AbortSignal.any([AbortSignal.timeout(this.#ports.timeoutMs), this.#cut.signal]);
    const doubts = batch.flatMap(({ doubtedSince }) => doubtedSince ?? []);
    const how = { form, signal, ...(doubts.length === 0 ? {} : { doubtedSince: Math.min(...doubts) }) };
    const [first, ...others] = alerts;
    invariant(first, 'a message of nothing');
    return first.replaces === undefined || this.#client.edit === undefined
      ? this.#client.tell([first, ...others], how)
      : this.#client.edit(first.replaces, first, how);
  }

  /** What was to replace a message is sent as one of its own when that is no more; false when it was one already. */
  #forgetsReplaced([waiting]: readonly Waiting[]): boolean {
    if (waiting?.delivery.replaces === undefined || this.#client.edit === undefined) return false;
    const { replaces: _, ...delivery } = waiting.delivery;
    waiting.delivery = delivery;
    return true;
  }

  /** Waits until the channel may be asked again, or there is nothing to ask: it closes or is disabled. */
  async #turn(): Promise<void> {
    const { clock, sleep } = this.#ports;
    if (this.#disabledReason !== undefined) return;
    for (;;) {
      const waitMs = this.#nextRequestAt - clock.now();
      if (waitMs <= 0 || this.#isClosing) break;
      await sleep(Math.ceil(waitMs), this.#closing.signal);
    }
    await this.#client.gate.turn(this.#channel.tenant, this.#closing.signal);
  }

  async #noteFailure(
    batch: readonly Waiting[],
    { reason }: { readonly reason: string },
    failures: number,
  ): Promise<void> {
    const { clock, record, retryMs, logger } = this.#ports;
    this.#nextRequestAt = Math.max(this.#nextRequestAt, clock.now() + backoffMs(failures, retryMs));
    try {
      await record.retrying(deliveriesOf(batch), reason);
    } catch (error) {
      logger.warn({ err: error, ...this.#fields }, 'cannot record a retry');
    }
  }

  async #disable(batch: readonly Waiting[], reason: string): Promise<void> {
    const { disable, logger } = this.#ports;
    this.#disabledReason = `the channel is disabled: ${reason}`;
    try {
      const [first] = deliveriesOf(batch);
      if (first !== undefined) await disable(this.#channel, reason, first);
    } catch (error) {
      logger.error({ err: error, ...this.#fields }, 'cannot record that the channel is disabled');
    }
    await this.#bury([...batch, ...this.#queue.splice(0)], this.#disabledReason);
  }

  async #bury(batch: readonly Waiting[], reason: string): Promise<void> {
    for (const { delivery } of batch)
      this.#ports.logger.error(
        { ...this.#fields, ...idsOf(delivery), reason },
        delivery.isAmendment === true ? 'the edit of an opening is dead' : 'the alert is dead',
      );
    for (let first = 0; first < batch.length; first += maxDeadAtOnce)
      await this.#settle(batch.slice(first, first + maxDeadAtOnce), async (deliveries) =>
        this.#ports.record.dead(deliveries, reason),
      );
  }

  async #giveBack(batch: readonly Waiting[]): Promise<void> {
    const untouched = deliveriesOf(batch).filter(({ possibleRepeat }) => !possibleRepeat);
    const { record, logger } = this.#ports;
    try {
      if (untouched.length > 0) await record.release(untouched);
    } catch (error) {
      logger.warn({ err: error, ...this.#fields }, 'cannot release claims');
    }
    for (const { reject } of batch)
      reject(new Error('the notifier closes; the alert waits for its next start'));
  }

  /** Records the outcome and tells those who wait. */
  async #settle(
    batch: readonly Waiting[],
    record: (deliveries: readonly Delivery[]) => Promise<void>,
  ): Promise<void> {
    const { sleep, logger } = this.#ports;
    for (let writes = 1; ; writes += 1) {
      try {
        await record(deliveriesOf(batch));
        for (const { resolve } of batch) resolve();
        return;
      } catch (error) {
        logger.warn({ err: error, ...this.#fields }, 'cannot record an outcome');
        if (writes === maxWrites) {
          for (const { reject } of batch) reject(error);
          return;
        }
      }
      await sleep(writePauseMs * writes, this.#closing.signal);
    }
  }

  #log(batch: readonly Waiting[], outcome: Outcome): void {
    const { logger } = this.#ports;
    const fields = { ...this.#fields, outcome };
    for (const { delivery } of batch) {
      const line = { ...fields, ...idsOf(delivery), possibleRepeat: delivery.possibleRepeat };
      if (outcome.kind === 'sent') logger.info(line, 'alert sent');
      else logger.warn(line, 'alert not sent yet');
    }
  }

  get #fields() {
    return { tenant: this.#channel.tenant, channel: this.#channel.id };
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }
}

/** Well below what one batch of Firestore may hold. */
const maxDeadAtOnce = 300;

function goesBefore(a: Notice, b: Notice): boolean {
  const [isCritical, isOther] = [a, b].map(({ event }) => severityOf(event) === 'critical');
  return isCritical === isOther ? isBefore(a, b) : isCritical === true;
}

function deliveriesOf(batch: readonly Waiting[]): Delivery[] {
  return batch.map(({ delivery }) => delivery);
}

function idsOf({ notice: { traceId, accountId: account, eventId } }: Delivery) {
  return { traceId, account, eventId };
}
