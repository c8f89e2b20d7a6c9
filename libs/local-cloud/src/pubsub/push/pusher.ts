import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { ConsumedSubscriptions } from '../consumed.ts';
import type { Consumed } from '../consumed.ts';
import type { Runner } from '../runner.ts';
import type { Delivered } from '../wire.ts';
import { TokenMaker } from './oidc.ts';
import { pushRequest } from './push-request.ts';

type SubscriptionConfig = google.pubsub.v1.ISubscription;

/** The answers that acknowledge a message. */
const acknowledging = new Set([102, 200, 201, 202, 204]);
const maxOutstandingMessages = 100;

/**
 * Delivers the messages of push subscriptions by HTTP POST. An answer of success acknowledges; anything else, and no
 * answer within the ack deadline, is a nack, after a pause that grows with every failure in a row unless the
 * subscription has a retry policy of its own.
 */
export class Pusher {
  readonly #subscriptions: ConsumedSubscriptions;
  readonly #tokens = new TokenMaker();
  readonly #abort = new AbortController();

  constructor(runner: Runner) {
    this.#subscriptions = new ConsumedSubscriptions(runner, {
      isWanted: ({ pushConfig }) => Boolean(pushConfig?.pushEndpoint),
      maxOutstandingMessages,
      deliver: (subscription, messages) => {
        for (const message of messages) void this.#push(subscription, message);
      },
    });
  }

  close(): void {
    this.#abort.abort();
  }

  async #push(subscription: Consumed, message: Delivered): Promise<void> {
    const ackIds = [message.ackId];
    if (await this.#post(subscription.config, message)) this.#subscriptions.acknowledge(subscription, ackIds);
    else this.#subscriptions.giveBack(subscription, ackIds);
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
