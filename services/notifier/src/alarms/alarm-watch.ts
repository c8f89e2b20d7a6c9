import { type AlarmDocument, paths } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Channel } from '../channels/channel.ts';
import type { Notice } from '../notices/notice.ts';
import { type AlarmChange, type Reading, judgeAlarm } from './alarm.ts';

export interface AlarmWatchPorts {
  readonly readings: () => Promise<readonly Reading[]>;
  readonly read: (path: string) => Promise<AlarmDocument | undefined>;
  readonly write: (path: string, document: AlarmDocument) => Promise<unknown>;
  readonly channelsOf: (tenant: string) => Promise<readonly Channel[]>;
  readonly deliver: (notice: Notice, channel: Channel, publishedAt: number) => Promise<void>;
  readonly operators: string;
  readonly clock: Clock;
}

/**
 * Looks how the system is, and tells operators on their channels of what is not as it should be, and
 * when it is again: once each, whichever notifier looks, since the alert's claim has the alarm's own count in its name.
 * Without such a channel it does not look.
 */
export class AlarmWatch {
  readonly #ports: AlarmWatchPorts;

  constructor(ports: AlarmWatchPorts) {
    this.#ports = ports;
  }

  /** Looks once. */
  async look(): Promise<void> {
    const { channelsOf, operators, readings, read, write, clock } = this.#ports;
    const channels = await channelsOf(operators);
    if (channels.length === 0) return;
    for (const reading of await readings()) {
      const path = paths.alarm(reading.name);
      const change = judgeAlarm(await read(path), reading, clock.now());
      if (change === undefined) continue;
      await this.#tell(reading, change, channels);
      await write(path, change.document);
    }
  }

  /** Recorded as told only after it is, or is left to the documents of its deliveries. */
  async #tell(
    reading: Reading,
    { kind, document }: AlarmChange,
    channels: readonly Channel[],
  ): Promise<void> {
    if (kind === 'AlarmCleared' && reading.over === undefined) return;
    const { deliver, operators, clock } = this.#ports;
    const { name, severity, headline, details, over = '' } = reading;
    const isRaised = kind === 'AlarmRaised';
    const notice: Notice = {
      eventId: `alarm:${name}:${document.episode}:${isRaised ? 'raised' : 'cleared'}`,
      tenant: operators,
      uid: '',
      accountId: '',
      seq: 0,
      traceId: '',
      committedAt: document.changedAt,
      event: {
        type: 'Told',
        of: kind,
        subjectId: name,
        severity: isRaised ? severity : 'success',
        headline: isRaised ? headline : over,
        details,
      },
    };
    await Promise.all(channels.map(async (channel) => deliver(notice, channel, clock.now())));
  }
}
