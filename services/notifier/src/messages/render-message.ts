import { type Notice, latenessMsOf } from '../notices/notice.ts';
import { describeNotice } from './describe-notice.ts';
import { markdown, plain } from './markdown.ts';
import { type Embed, type WebhookMessage, embedSize, limits, silent } from './webhook-message.ts';

/** A notice to be told on a channel. */
export interface Alert {
  readonly notice: Notice;
  /** An earlier request with it may have landed: the text says so. */
  readonly possibleRepeat: boolean;
  /** It is to make no sound; a message makes one when any of its alerts may. */
  readonly isSilent?: boolean;
}

const allowedMentions = { parse: [] } as const;
/** Room for the words that are set before and after a headline. */
const headlineLimit = 200;

/** How many of the first alerts fit into one message: at least one, at most ten. */
export function fitting(alerts: readonly Alert[]): number {
  let characters = 0;
  const tooMany = alerts.slice(0, limits.embeds).findIndex((alert) => {
    characters += embedSize(embedOf(alert));
    return characters > limits.embedCharacters;
  });
  return tooMany === -1 ? Math.min(alerts.length, limits.embeds) : Math.max(1, tooMany);
}

/** One message with an embed for each alert. The alerts fit. */
export function renderMessage(alerts: readonly Alert[]): WebhookMessage {
  const [first] = alerts;
  const content =
    first !== undefined && alerts.length === 1
      ? headline(first)
      : `${alerts.length} alerts: ${[...new Set(alerts.map(subject))].join(', ')}`;
  return {
    content,
    embeds: alerts.map(embedOf),
    ...(alerts.every(({ isSilent }) => isSilent === true) ? { flags: silent } : {}),
    allowed_mentions: allowedMentions,
  };
}

/** One alert without an embed, for when Discord refuses the embed. */
export function renderPlainText(alert: Alert): WebhookMessage {
  const { details } = describeNotice(alert.notice);
  const lines = [
    headline(alert),
    ...details.map(([name, value]) => `${name}: ${markdown(value, 150)}`),
    markdown(reference(alert.notice), 400),
  ];
  const sound = alert.isSilent === true ? ({ flags: silent } as const) : {};
  return { content: lines.join('\n'), ...sound, allowed_mentions: allowedMentions };
}

function embedOf(alert: Alert): Embed {
  const { details, color } = describeNotice(alert.notice);
  return {
    title: headline(alert),
    color,
    fields: details.map(([name, value]) => ({
      name,
      value: markdown(value, limits.fieldValue) || '—',
      inline: true,
    })),
    footer: { text: plain(reference(alert.notice), limits.footer) },
    timestamp: new Date(alert.notice.committedAt).toISOString(),
  };
}

function headline({ notice, possibleRepeat }: Alert): string {
  const { headline: text, isShadow } = describeNotice(notice);
  const remarks = [
    ...(latenessMsOf(notice) === undefined ? [] : ['late']),
    ...(possibleRepeat ? ['possible repeat'] : []),
  ];
  const line = `${isShadow ? '[SHADOW] ' : ''}${markdown(text, headlineLimit)}`;
  return remarks.length === 0 ? line : `${line} (${remarks.join(', ')})`;
}

function subject({ notice: { event, accountId } }: Alert): string {
  return markdown('symbol' in event ? event.symbol : accountId, 100);
}

/** By what the alert is found again: event, place in the journal, trace. */
function reference({ eventId, seq, traceId }: Notice): string {
  return `event ${eventId} · journal ${seq}${traceId === '' ? '' : ` · trace ${traceId}`}`;
}
