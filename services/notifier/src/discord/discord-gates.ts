import { AddressGate, type AddressGatePorts } from './address-gate.ts';
import { InvalidAnswers } from './invalid-answers.ts';

/**
 * What stands before Discord: it counts requests with webhooks by our address and others by their bot, and invalid answers
 * to any of them by our address.
 */
export class DiscordGates {
  readonly ofWebhooks: AddressGate;
  readonly #ports: AddressGatePorts;
  readonly #invalid = new InvalidAnswers();
  readonly #bots = new Map<string, AddressGate>();

  constructor(ports: AddressGatePorts) {
    this.#ports = ports;
    this.ofWebhooks = new AddressGate(ports, this.#invalid);
  }

  ofBot(botToken: string): AddressGate {
    const found = this.#bots.get(botToken);
    if (found !== undefined) return found;
    const gate = new AddressGate(this.#ports, this.#invalid);
    this.#bots.set(botToken, gate);
    return gate;
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return [this.ofWebhooks, ...this.#bots.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Invalid answers to our address in the last ten minutes. */
  get invalidAnswers(): number {
    return this.ofWebhooks.invalidAnswers;
  }

  /** Waits for nothing any more. To be called when all senders are closed. */
  close(): void {
    for (const gate of [this.ofWebhooks, ...this.#bots.values()]) gate.close();
  }
}
