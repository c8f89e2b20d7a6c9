import type { EmailSettings } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import * as z from 'zod';
import type { Attempt, Batch, ChannelClient, Telling } from '../channels/channel-client.ts';
import { openGate } from '../channels/gate.ts';
import { mailOf } from './mail.ts';
import { outcomeOf } from './outcome.ts';
import type { SendMail } from './send-mail.ts';

const Address = z.email('must be an address like ann@example.com').max(254);

/** What is stored of mailboxes and the server that takes mail for them, but for its host, whose rules depend on where it runs. */
export const EmailFields = z.strictObject({
  kind: z.literal('email'),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  security: z.enum(['tls', 'startTls', 'none']),
  username: z.string().min(1).max(256).exactOptional(),
  password: z.string().min(1).max(1_024).exactOptional(),
  from: Address,
  to: z.array(Address).min(1).max(20),
});

export interface EmailPorts {
  /** To public addresses alone. */
  readonly send: SendMail;
  readonly clock: Clock;
}

/**
 * A mail for each alert. Its Message-ID is made from the event's id, the same in every repeat: many mailboxes show such a one
 * once, but none promises it, so what may have landed is repeated with a mark.
 */
export class Email implements ChannelClient {
  readonly hasPlainText = false;
  readonly knowsRepeats = true;
  readonly secrets: readonly string[];
  readonly gate = openGate;
  readonly #settings: EmailSettings;
  readonly #ports: EmailPorts;

  constructor(settings: EmailSettings, ports: EmailPorts) {
    const { username = '', password = '' } = settings;
    const spoken = [password, `\0${username}\0${password}`];
    this.secrets =
      password === '' ? [] : spoken.flatMap((text) => [text, Buffer.from(text).toString('base64')]);
    this.#settings = settings;
    this.#ports = ports;
  }

  fitting(): number {
    return 1;
  }

  async tell([alert]: Batch, { signal }: Telling): Promise<Attempt> {
    const { send, clock } = this.#ports;
    const mail = mailOf(alert, this.#settings);
    const result = await send(this.#settings, mail, signal);
    const { attempts } = alert;
    return { outcome: outcomeOf(result, { attempts, messageId: mail.messageId, now: clock.now() }) };
  }
}
