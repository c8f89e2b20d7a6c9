import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Runner } from '../runner.ts';
import type { Delivered } from '../wire.ts';
import { TokenMaker } from './oidc.ts';
import { pushRequest } from './push-request.ts';

type SubscriptionConfig = google.pubsub.v1.ISubscription;

/** The answers that acknowledge a message. */
const acknowledging = new Set([102, 200, 201, 202, 204]);
const maxOutstandingMessages = 100;
const minimumPauseMs = 100;
const maximumPauseMs = 60_000;

/**
 * Delivers the messages of push subscriptions by HTTP POST. An answer of success acknowledges; anything else, and no
 * answer within the ack deadline, is a nack, after a pause that grows with every failure in a row unless the
 * subscription has a retry policy of its own.
 */
export class Pusher {
  readonly #runner: Runner;
  readonly #tokens = new TokenMaker();
  readonly #targets = new Map<string, Target>();
  readonly #abort = new AbortController();

  constructor(runner: Runner) {
    this.#runner = runner;
    runner.onPushChange = () => this.#follow();
    this.#follow();
  }

  close(): void {
    this.#abort.abort();
  }

  /** Opens and closes consumers so that they are those of the push subscriptions there are. */
  #follow(): void {
    const wanted = new Map(this.#runner.pushSubscriptions().map((config) => [config.name ?? '', config]));
    for (const [name, { config, consumer }] of this.#targets) {
      if (wanted.get(name) === config) continue;
      this.#targets.delete(name);
      this.#runner.send({ type: 'close', consumer });
    }
    for (const [name, config] of wanted) if (!this.#targets.has(name)) this.#open(name, config);
  }

  #open(name: string, config: SubscriptionConfig): void {
    const request = {
      subscription: name,
      streamAckDeadlineSeconds: config.ackDeadlineSeconds ?? 10,
      maxOutstandingMessages,
    };
    const { consumer } = this.#runner.open(
      { type: 'open', isPush: true, request },
      {
        deliver: (messages) => {
          const target = this.#targets.get(name);
          if (target !== undefined) for (const message of messages) void this.#push(target, message);
        },
        end: () => this.#targets.delete(name),
      },
    );
    this.#targets.set(name, { config, consumer, failures: 0 });
  }

  async #push(target: Target, message: Delivered): Promise<void> {
    const { ackId } = message;
    if (await this.#post(target.config, message)) {
      target.failures = 0;
      this.#runner.send({ type: 'continue', consumer: target.consumer, request: { ackIds: [ackId] } });
      return;
    }
    const pauseMs = Math.min(minimumPauseMs * 2 ** target.failures++, maximumPauseMs);
    const nack = { modifyDeadlineAckIds: [ackId], modifyDeadlineSeconds: [0] };
    setTimeout(
      () => this.#runner.send({ type: 'continue', consumer: target.consumer, request: nack }),
      target.config.retryPolicy ? 0 : pauseMs,
    ).unref();
  }

  async #post(config: SubscriptionConfig, message: Delivered): Promise<boolean> {
    const { headers, body } = pushRequest(config, message);
    const { pushEndpoint = '', oidcToken } = config.pushConfig ?? {};
    const url = pushEndpoint ?? '';
    if (oidcToken) {
      const email = oidcToken.serviceAccountEmail ?? '';
      const token = this.#tokens.token(email, oidcToken.audience || url, Math.floor(Date.now() / 1000));
      headers['authorization'] = `Bearer ${token}`;
    }
    const deadline = AbortSignal.timeout((config.ackDeadlineSeconds ?? 10) * 1000);
    try {
      const signal = AbortSignal.any([deadline, this.#abort.signal]);
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await response.body?.cancel();
      return acknowledging.has(response.status);
    } catch {
      return false; // refused, broken or too late: as good as a failure
    }
  }
}

interface Target {
  readonly config: SubscriptionConfig;
  readonly consumer: number;
  /** In a row. */
  failures: number;
}
