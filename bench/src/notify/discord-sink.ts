import * as z from 'zod';
import { setTimeout as delay } from 'node:timers/promises';
import { digestSize } from './limited-discord.ts';

/** A webhook of the local cloud's Discord. */
export interface Webhook {
  /** Name and port of the sink. */
  readonly host: string;
  readonly id: string;
  readonly token: string;
}

const Log = z.object({
  messages: z.array(z.object({ id: z.string(), embeds: z.array(z.object({ title: z.string() })) })),
});
const page = 1_000;

/** How many alerts the messages of these webhooks tell, a digest as many as it says, and how many messages they are. */
export async function toldOn(webhooks: readonly Webhook[]): Promise<{ told: number; messages: number }> {
  let [told, messages] = [0, 0];
  for (const { host, id } of webhooks)
    for (let after = '0'; ;) {
      const answer = await fetch(`http://${host}/log?webhook_id=${id}&after=${after}&limit=${page}`);
      const found = Log.parse(await answer.json()).messages;
      for (const { title } of found.flatMap(({ embeds }) => embeds)) told += digestSize(title);
      messages += found.length;
      const last = found.at(-1);
      if (last === undefined || found.length < page) break;
      after = last.id;
    }
  return { told, messages };
}

/** Posts so many messages, one by one, as soon as the headers of each answer allow the next. @throws Error when one is refused. */
export async function postAtPace({ host, id, token }: Webhook, count: number): Promise<void> {
  const url = `http://${host}/api/v10/webhooks/${id}/${token}?wait=true`;
  for (let posted = 0; posted < count; posted += 1) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: `BTC-USDT long closed by stop -2.5 USDT (${posted})` }),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`Discord answered ${answer.status}`);
    const resetAfterS = Number(answer.headers.get('x-ratelimit-reset-after'));
    if (answer.headers.get('x-ratelimit-remaining') === '0') await delay(Math.ceil(resetAfterS * 1_000));
  }
}
