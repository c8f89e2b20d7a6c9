import type { EmailSettings } from '@bellwether/contracts';
import { createHash } from 'node:crypto';
import { alertTextOf } from '../channels/alert-text.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { type ChartFile, chartsOf } from '../messages/chart-files.ts';

/** A mail, before it is encoded. Its texts hold nothing that breaks a line but where they say so. */
export interface Mail {
  /** In angle brackets. */
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** What the HTML shows by name. */
  readonly charts: readonly ChartFile[];
  /** When the event was committed. */
  readonly date: Date;
  readonly headers: Readonly<Record<string, string>>;
}

/** The mail of an alert. */
export function mailOf(alert: Delivery, { from, to }: Pick<EmailSettings, 'from' | 'to'>): Mail {
  const { notice, channelId } = alert;
  const { headline, details, lines, reference } = alertTextOf(alert);
  const [, domain = 'localhost'] = from.split('@');
  const digest = createHash('sha256')
    .update(JSON.stringify([notice.eventId, channelId]))
    .digest('hex');
  const rows = details.map(
    ([name, value]) => `<tr><th align="left">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  const items = lines.map((line) => `<li>${escaped(line)}</li>`);
  const said = [...details.map(([name, value]) => `${name}: ${value}`), ...lines];
  const charts = chartsOf([alert]);
  return {
    messageId: `<${digest.slice(0, 40)}@${domain}>`,
    from,
    to,
    subject: headline,
    text: [headline, '', ...said, '', reference, ''].join('\n'),
    html: [
      `<p><strong>${escaped(headline)}</strong></p>`,
      `<table>${rows.join('')}</table>`,
      ...(items.length === 0 ? [] : [`<ul>${items.join('')}</ul>`]),
      ...charts.map(({ name }) => `<p><img src="cid:${name}" alt=""></p>`),
      `<p><small>${escaped(reference)}</small></p>`,
    ].join('\n'),
    charts,
    date: new Date(notice.committedAt),
    headers: {
      // nobody's absence is answered to a machine
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Bellwether-Event': encodeURIComponent(notice.eventId),
    },
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
