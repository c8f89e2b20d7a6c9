import { alertFactsOf } from '../notices/alert-facts.ts';
import { type Notice, latenessMsOf, subjectIdOf } from '../notices/notice.ts';
import { describeNotice } from './describe-notice.ts';
import { markdown, plain } from './markdown.ts';
import { chartName } from './chart-files.ts';
import { referenceOf } from './reference.ts';
import { type Embed, type WebhookMessage, embedSize, limits, silent } from './webhook-message.ts';

/** A notice to be told on a channel. */
export interface Alert {
  readonly notice: Notice;
  /** Its first line, by a template of its tenant; without it as usual. */
  readonly text?: string;
  /** An earlier request with it may have landed: the text says so. */
  readonly possibleRepeat: boolean;
  /** It is to make no sound; a message makes one when any of its alerts may. */
  readonly isSilent?: boolean;
}

const allowedMentions = { parse: [] } as const;
/** Room for the words that are set before and after a headline. */
const headlineLimit = 200;
/** Of one line of a list, and of all of them: with its details an embed that lists much fits into a message. */
const lineLimit = 240;
const listLimit = 3_000;

/** How many of the first alerts fit into one message: at least one, at most ten. */
export function fitting(alerts: readonly Alert[]): number {
  let characters = 0;
  const tooMany = alerts.slice(0, limits.embeds).findIndex((alert) => {
    characters += embedSize(embedOf(alert, 0));
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
    embeds: alerts.map((alert, index) => embedOf(alert, index)),
    ...(alerts.every(({ isSilent }) => isSilent === true) ? { flags: silent } : {}),
    allowed_mentions: allowedMentions,
  };
}

/** One alert without an embed, for when Discord refuses the embed. */
export function renderPlainText(alert: Alert): WebhookMessage {
  const { details, lines: listed = [] } = describeNotice(alert.notice);
  const told = [headline(alert), ...details.map(([name, value]) => `${name}: ${markdown(value, 150)}`)];
  const last = markdown(referenceOf(alert.notice), 400);
  const room = limits.content - told.join('\n').length - last.length - 2;
  const list = fittingLines(listed, room);
  const lines = [...told, ...(list === '' ? [] : [list]), last];
  const sound = alert.isSilent === true ? ({ flags: silent } as const) : {};
  return { content: lines.join('\n'), ...sound, allowed_mentions: allowedMentions };
}

function embedOf(alert: Alert, index: number): Embed {
  const { details, lines = [], color, chart } = describeNotice(alert.notice);
  const list = fittingLines(lines, listLimit);
  return {
    title: headline(alert),
    ...(list === '' ? {} : { description: list }),
    color,
    fields: details.map(([name, value]) => ({
      name,
      value: markdown(value, limits.fieldValue) || '—',
      inline: true,
    })),
    ...(chart === undefined ? {} : { image: { url: `attachment://${chartName(index)}` as const } }),
    footer: { text: plain(referenceOf(alert.notice), limits.footer) },
    timestamp: new Date(alert.notice.committedAt).toISOString(),
  };
}

function headline({ notice, possibleRepeat, text }: Alert): string {
  const { headline: usual, isShadow } = describeNotice(notice);
  const remarks = [
    ...(latenessMsOf(notice) === undefined ? [] : ['late']),
    ...(possibleRepeat ? ['possible repeat'] : []),
  ];
  const line = `${isShadow ? '[SHADOW] ' : ''}${markdown(text ?? usual, headlineLimit)}`;
  return remarks.length === 0 ? line : `${line} (${remarks.join(', ')})`;
}

/** The first lines that fit, the last of them saying how many do not. */
function fittingLines(lines: readonly string[], limit: number): string {
  const all = lines.map((line) => markdown(line, lineLimit));
  const room = (kept: number): number => limit - (kept < all.length ? restOf(all.length).length + 1 : 0);
  let kept = all.length;
  while (kept > 0 && all.slice(0, kept).join('\n').length > room(kept)) kept -= 1;
  if (kept === 0) return '';
  return [...all.slice(0, kept), ...(kept < all.length ? [restOf(all.length - kept)] : [])].join('\n');
}

function restOf(count: number): string {
  return `and ${count} more lines`;
}

function subject({ notice }: Alert): string {
  return markdown(alertFactsOf(notice).symbol ?? subjectIdOf(notice), 100);
}
