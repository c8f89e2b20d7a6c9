import type { AccountEvent } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { eventId } from '@bellwether/contracts';
import { describe, expect, it, jest } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import type { ConnectChannel } from '../channels/channel-client.ts';
import { ChannelSender } from '../channels/channel-sender.ts';
import { openGate } from '../channels/gate.ts';
import { type Delivery, isTooMuchTwice } from '../deliveries/delivery.ts';
import { DiscordBot } from '../discord-bot/discord-bot.ts';
import { DiscordWebhook } from '../discord-webhook/discord-webhook.ts';
import { account, closed, commitOf, opened } from '../notices/notice.builder.ts';
import { noticesOf } from '../notices/notice.ts';
import { SimulatedDiscord } from './simulated-discord.builder.ts';

const logger = createLogger({ service: 'notifier', level: 'silent' });
const apiBase = 'http://discord';

type State = 'claimed' | 'parked' | 'grouped' | 'sent' | 'dead';
const isOver: ReadonlySet<State> = new Set(['grouped', 'sent', 'dead']);
const claimed = { state: 'claimed', possibleRepeat: false } as const;

/** Tells a notice until it is over, through as many lives of a notifier as that takes. */
class Lives {
  readonly discord: SimulatedDiscord;
  readonly #connect: ConnectChannel;
  readonly #knowsRepeats: boolean;
  /** Of the notice in hand, as its document would say. */
  #document: { readonly state: State; readonly possibleRepeat: boolean } = claimed;
  lives = 0;
  dead = 0;
  /** Notices that a digest tells. */
  readonly grouped = new Set<string>();

  constructor(seed: number, mode: 'bot' | 'webhook') {
    const discord = new SimulatedDiscord(seed);
    const send = async (request: Parameters<SimulatedDiscord['answer']>[0]) => discord.answer(request);
    const clock = { now: () => discord.now };
    this.discord = discord;
    this.#knowsRepeats = mode === 'bot';
    this.#connect = () =>
      mode === 'bot'
        ? new DiscordBot(
            { kind: 'discordBot', channelId: '7', botToken: 't' },
            { apiBase, send, clock, gateOf: () => openGate },
          )
        : new DiscordWebhook(
            { kind: 'discordWebhook', webhookId: '7', webhookToken: 't' },
            { apiBase, send, gate: openGate },
          );
  }

  async tell(notice: Delivery['notice']): Promise<void> {
    for (this.#document = claimed; !isOver.has(this.#document.state);) {
      this.lives += 1;
      const { possibleRepeat } = this.#document;
      if (isTooMuchTwice({ channelId: 'ops', notice, attempts: 0, possibleRepeat }) && !this.#knowsRepeats) {
        this.#document = { state: 'grouped', possibleRepeat };
        this.grouped.add(notice.eventId);
        break;
      }
      const killed = this.discord.random < 0.02 ? this.discord.killNext() : undefined;
      const sending = this.#sender().send({ channelId: 'ops', notice, attempts: 0, possibleRepeat });
      const isDone = sending.then(() => true);
      const isAlive = await (killed === undefined
        ? isDone
        : Promise.race([isDone, killed.then(() => false)]));
      this.discord.killNone();
      if (isAlive) continue;
      this.discord.pass(this.discord.random * 300_000); // until its claim is taken over
      this.#document = { state: 'claimed', possibleRepeat: true };
    }
    if (this.#document.state === 'dead') this.dead += 1;
  }

  #sender(): ChannelSender {
    const note =
      (state: State) =>
      async ([delivery]: readonly Delivery[]) => {
        this.#document = { state, possibleRepeat: delivery?.possibleRepeat ?? false };
        return Promise.resolve();
      };
    return new ChannelSender(channelOf('ops'), {
      connect: this.#connect,
      clock: { now: () => this.discord.now },
      sleep: async (milliseconds) => Promise.resolve(this.discord.pass(milliseconds)),
      record: {
        sent: note('sent'),
        dead: note('dead'),
        retrying: note('claimed'),
        release: note('claimed'),
        parked: async (deliveries, dueAt) => {
          await note('parked')(deliveries);
          this.discord.pass(dueAt - this.discord.now);
        },
      },
      disable: async () => Promise.resolve(),
      timeoutMs: 1_000_000,
      retryMs: 500,
      logger,
    });
  }
}

/** What stands of each of so many notices, and whether each that was recorded as sent does. */
async function run(
  seed: number,
  mode: 'bot' | 'webhook',
  count: number,
  eventOf: (index: number) => AccountEvent = (index) => closed({ positionId: `p${index}` }),
) {
  const lives = new Lives(seed, mode);
  const { discord } = lives;
  const copies: { marked: number; unmarked: number }[] = [];
  for (let index = 0; index < count; index += 1) {
    const commit = commitOf([eventOf(index)], index + 1);
    const [notice] = noticesOf(commit, discord.now);
    if (notice === undefined) throw new Error('a closed position is told');
    await lives.tell(notice);
  }
  discord.pass(60_000);
  const byEvent = Map.groupBy(discord.messages, ({ embeds }) => embeds[0]?.footer.text.split(' ')[1]);
  for (let index = 0; index < count; index += 1) {
    const own = byEvent.get(eventId(account.accountId, index + 1, 0)) ?? [];
    const marked = own.filter(({ content }) => content.includes('possible repeat')).length;
    copies.push({ marked, unmarked: own.length - marked });
  }
  return {
    copies,
    lives: lives.lives,
    dead: lives.dead,
    grouped: lives.grouped.size,
    ambiguous: discord.ambiguous,
  };
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
/** Of each seed: TOLD_ONCE_ALERTS=125000 makes a million of them. */
const count = Number(process.env['TOLD_ONCE_ALERTS'] ?? 400);
jest.setTimeout(Math.max(60_000, count * 10));

describe('alerts to a Discord that answers one in ten late, wrongly or not at all', () => {
  it.each(seeds)('are told once by a bot, whatever is lost and whoever dies (seed %i)', async (seed) => {
    const { copies, lives, dead, ambiguous } = await run(seed, 'bot', count);
    expect(copies.filter(({ marked, unmarked }) => marked + unmarked > 1)).toEqual([]);
    expect(copies.filter(({ marked, unmarked }) => marked + unmarked === 0).length).toBeLessThanOrEqual(dead);
    expect(copies.filter(({ marked }) => marked > 0)).toEqual([]);
    expect([ambiguous > 10, lives > count]).toEqual([true, true]); // else nothing was put to the test
  });

  it.each(seeds)('are repeated by a webhook no more than is unclear, and marked (seed %i)', async (seed) => {
    const { copies, lives, dead, ambiguous } = await run(seed, 'webhook', count);
    expect(copies.filter(({ unmarked }) => unmarked > 1)).toEqual([]);
    expect(copies.filter(({ marked, unmarked }) => marked + unmarked === 0).length).toBeLessThanOrEqual(dead);
    const repeats = copies.reduce((sum, { marked, unmarked }) => sum + Math.max(0, marked + unmarked - 1), 0);
    expect(repeats).toBeGreaterThan(0);
    expect(repeats).toBeLessThanOrEqual(ambiguous + lives - count);
  });

  it.each(seeds)('are never posted again by a webhook where they only inform (seed %i)', async (seed) => {
    const openings = async (mode: 'bot' | 'webhook') =>
      run(seed, mode, count, (index) => opened({ id: `p${index}` }));
    const { copies, dead, grouped, ambiguous } = await openings('webhook');
    expect(copies.filter(({ marked, unmarked }) => marked > 0 || unmarked > 1)).toEqual([]);
    const untold = copies.filter(({ unmarked }) => unmarked === 0).length;
    expect(untold).toBeLessThanOrEqual(dead + grouped);
    expect([ambiguous > 10, grouped >= ambiguous]).toEqual([true, true]);
    expect((await openings('bot')).grouped).toBe(0);
  });
});
