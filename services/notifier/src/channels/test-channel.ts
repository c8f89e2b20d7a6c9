import { paths } from '@bellwether/contracts';
import { type Logger, systemClock, systemIds } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';
import { readConfig } from '../config.ts';
import { DiscordGates } from '../discord/discord-gates.ts';
import type { Notice } from '../notices/notice.ts';
import { sleep } from '../sleep.ts';
import { channelPorts } from './channel-ports.ts';
import { ChannelSender } from './channel-sender.ts';
import { readChannel, refusalOfAddress } from './check-channel.ts';
import { settingsOf } from './channel.ts';
import { connectWith } from './connect-channel.ts';
import { type TestOutcome, TestRecord } from './test-record.ts';

/** What a test came to. */
export interface ChannelTested extends Omit<TestOutcome, 'outcome'> {
  /** `invalid`: there is no such channel, or its document is none. Nothing was asked. */
  readonly outcome: TestOutcome['outcome'] | 'invalid';
  readonly kind?: string;
  readonly tookMs: number;
}

export interface TestOf {
  readonly tenant: string;
  readonly channelId: string;
  /** Who asks, as the message says. */
  readonly actor: string;
}

/**
 * Sends a marked message by a channel's own sender, whether it is active or disabled. Nothing is stored: no delivery, and a
 * channel that answers that it is gone is not disabled.
 */
export async function testChannel(
  firestore: Firestore,
  environment: NodeJS.ProcessEnv,
  logger: Logger,
  { tenant, channelId, actor }: TestOf,
): Promise<ChannelTested> {
  const none = { attempts: 0, possibleRepeat: false, tookMs: 0 };
  const config = readConfig(environment);
  const snapshot = await firestore.doc(paths.channel(tenant, channelId)).get();
  if (snapshot.updateTime === undefined)
    return { outcome: 'invalid', reason: `${tenant} has no channel ${channelId}`, ...none };
  const reading = { keys: config.channelKeys, allowed: config.privateChannels };
  const checked = readChannel(snapshot.data(), { tenant, id: channelId }, reading);
  if (checked.kind === 'invalid') return { outcome: 'invalid', reason: checked.problems, ...none };
  const { channel } = checked;
  const { kind } = channel;
  const refusal = await refusalOfAddress(channel, config.privateChannels);
  if (refusal !== undefined) return { outcome: 'invalid', kind, reason: refusal, ...none };
  const gates = new DiscordGates({ clock: systemClock, sleep, logger });
  const record = new TestRecord();
  const sender = new ChannelSender(
    { tenant, id: channelId, settings: settingsOf(channel), updatedAt: snapshot.updateTime },
    {
      connect: connectWith(channelPorts(config, systemClock, gates)),
      clock: systemClock,
      sleep,
      record,
      disable: async () => Promise.resolve(),
      timeoutMs: config.timeoutMs,
      retryMs: config.retryMs,
      logger,
    },
  );
  const notice = testNotice(tenant, actor, systemIds.next(), systemClock.now());
  const startedAt = systemClock.now();
  await sender.send({ channelId, notice, attempts: 0, possibleRepeat: false });
  const tookMs = Math.round(systemClock.now() - startedAt);
  await sender.close();
  gates.close();
  return { ...record.outcome, kind, tookMs };
}

function testNotice(tenant: string, actor: string, id: string, now: number): Notice {
  return {
    eventId: `test:${id}`,
    tenant,
    uid: '',
    accountId: '',
    seq: 0,
    traceId: '',
    committedAt: now,
    event: {
      type: 'Told',
      of: 'ChannelTested',
      subjectId: tenant,
      severity: 'info',
      headline: `[TEST] Alerts of ${tenant} arrive here`,
      details: [{ name: 'Sent by', value: actor }],
    },
  };
}
