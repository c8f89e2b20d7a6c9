import type { ExitReason } from '@bellwether/domain';

/**
 * `tenants/{t}/rules/{id}`: what becomes of the alerts that match each condition it names. The first by `order`, then
 * id, decides; an alert without a rule is sent.
 */
export interface AlertRuleDocument {
  readonly order: number;
  readonly uid?: string;
  readonly eventTypes?: readonly string[];
  readonly severities?: readonly ('critical' | 'warning' | 'success' | 'info')[];
  readonly symbols?: readonly string[];
  readonly strategies?: readonly string[];
  readonly modes?: readonly ('shadow' | 'live')[];
  /** By what a position was closed or reduced. */
  readonly exitReasons?: readonly ExitReason[];
  /** On these channels of the tenant alone. */
  readonly channels?: readonly string[];
  readonly delivery: 'on' | 'silent' | 'off';
  /** What is not critical waits for `to`, times of day `HH:MM` in an IANA time zone. */
  readonly quietHours?: { readonly from: string; readonly to: string; readonly zone: string };
  /** More alerts than `after` within so many seconds go into a digest at their end; 0 seconds: each is sent by itself. */
  readonly grouping?: { readonly seconds: number; readonly after: number };
  /**
   * Of the message that told of an opening, where the channel can edit it: `both`, it is edited when the position closes, and
   * that is told, too (the default); `edit`, it is edited alone; `none`, it stays as it is.
   */
  readonly updates?: 'both' | 'edit' | 'none';
}

/** `tenants/{t}/templates/{eventType}`: the first line of the tenant's alerts of that type. */
export interface TemplateDocument {
  /** With names in braces, such as `{symbol} {side}: {pnl}`. Nothing of it is markup. */
  readonly text: string;
}

/** `tenants/{t}/summaries/{id}`: the tenant is told on its channels what it traded, the day before or the week before. */
export interface SummaryDocument {
  readonly isActive: boolean;
  readonly period: 'day' | 'week';
  /** Days and the time are those of an IANA time zone; weeks begin and are told on Mondays. */
  readonly zone: string;
  /** When it is told, `HH:MM`. */
  readonly at: string;
  /** What was due before is not told, epoch milliseconds; since the document is there, where it says nothing. */
  readonly since?: number;
}
