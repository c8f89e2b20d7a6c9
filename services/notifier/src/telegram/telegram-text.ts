import { type AlertText, alertTextOf } from '../channels/alert-text.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { describeNotice } from '../messages/describe-notice.ts';
import { cutTo } from '../messages/cut-to.ts';

/** UTF-16 units of one message, without its markup. */
const most = 4_096;
/** Of what stands below a picture. */
const mostOfCaption = 1_024;
const mostAlerts = 10;
/** Between two alerts. */
const gap = '\n\n';

/** How many of the first alerts fit into one message: at least one. A picture has a message of its own. */
export function fitting(alerts: readonly Delivery[]): number {
  let length = 0;
  const tooMany = alerts.slice(0, mostAlerts).findIndex((alert, index) => {
    if (index > 0 && (hasChart(alert) || hasChart(alerts[0]))) return true;
    length += plainTextOf([alert]).length + gap.length;
    return length > most;
  });
  return tooMany === -1 ? Math.min(alerts.length, mostAlerts) : Math.max(1, tooMany);
}

/** What is said, without markup. */
export function plainTextOf(alerts: readonly Delivery[]): string {
  const text = alerts.map((alert) => linesOf(alertTextOf(alert)).join('\n')).join(gap);
  return cutTo(Array.from(text), most);
}

/** The same in Telegram's HTML: what it shows has as many characters. */
export function htmlOf(alerts: readonly Delivery[]): string {
  return alerts.map((alert) => htmlOfAlert(alertTextOf(alert))).join(gap);
}

/** What stands below a picture. */
export function captionOf(alert: Delivery): string {
  return htmlOfAlert(alertTextOf(alert), mostOfCaption);
}

function hasChart(alert: Delivery | undefined): boolean {
  return alert !== undefined && describeNotice(alert.notice).chart !== undefined;
}

function htmlOfAlert(text: AlertText, limit = most): string {
  const [headline = '', ...others] = linesOf(text);
  const rest = cutTo(Array.from(others.join('\n')), limit - headline.length - 1);
  return `<b>${escaped(headline)}</b>\n${escaped(rest)}`;
}

/** What is cut off when there is too much is the end of the list. */
function linesOf({ headline, details, lines, reference }: AlertText): string[] {
  return [headline, ...details.map(([name, value]) => `${name}: ${value}`), reference, ...lines];
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
}
