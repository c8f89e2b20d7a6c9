import { type AlertText, alertTextOf } from '../channels/alert-text.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { cutTo } from '../messages/cut-to.ts';

/** Slack takes 50 blocks in a message; an alert has at most six. */
export const mostAlerts = 8;
const most = { header: 150, fields: 10, field: 2_000, section: 3_000, context: 2_000, text: 3_000 } as const;

interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

export type SlackBlock =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly fields: readonly PlainText[] }
  | { readonly type: 'section'; readonly text: PlainText }
  | { readonly type: 'context'; readonly elements: readonly PlainText[] }
  | { readonly type: 'divider' };

export interface SlackMessage {
  /** What notifications show. */
  readonly text: string;
  readonly blocks?: readonly SlackBlock[];
  readonly mrkdwn: false;
  /** Names are no mentions, links no previews. */
  readonly link_names: false;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

const quiet = { mrkdwn: false, link_names: false, unfurl_links: false, unfurl_media: false } as const;

/** One message with blocks for each alert. The alerts fit. */
export function slackMessageOf(alerts: readonly Delivery[]): SlackMessage {
  const texts = alerts.map(alertTextOf);
  const [first] = texts;
  const headline = texts.length === 1 && first !== undefined ? first.headline : `${texts.length} alerts`;
  return { text: escaped(headline, most.text), blocks: texts.flatMap(blocksOf), ...quiet };
}

/** Without blocks, for when Slack refuses them. */
export function plainMessageOf(alerts: readonly Delivery[]): SlackMessage {
  const lines = alerts
    .map(alertTextOf)
    .flatMap(({ headline, details, lines: listed, reference }) => [
      headline,
      ...details.map(([name, value]) => `${name}: ${value}`),
      reference,
      ...listed,
    ]);
  return { text: escaped(lines.join('\n'), most.text), ...quiet };
}

function blocksOf({ headline, details, lines, reference }: AlertText, index: number): SlackBlock[] {
  const fields = details.map(([name, value]) => plainText(`${name}\n${value}`, most.field));
  const sections = [fields.slice(0, most.fields), fields.slice(most.fields, 2 * most.fields)];
  return [
    ...(index === 0 ? [] : [{ type: 'divider' } as const]),
    { type: 'header', text: plainText(headline, most.header) },
    ...sections.flatMap((some) => (some.length === 0 ? [] : { type: 'section' as const, fields: some })),
    ...(lines.length === 0
      ? []
      : [{ type: 'section' as const, text: plainText(lines.join('\n'), most.section) }]),
    { type: 'context', elements: [plainText(reference, most.context)] },
  ];
}

/** Plain text, so that nothing of it is markup. */
function plainText(text: string, limit: number): PlainText {
  return { type: 'plain_text', text: escaped(text, limit), emoji: false };
}

/** Slack reads these three everywhere, in plain text, too. */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string, limit: number): string {
  return cutTo(
    Array.from(text, (character) => entities[character] ?? character),
    limit,
  );
}
