import { exitReasons } from '@bellwether/contracts';
import type { ExitReason } from '@bellwether/domain';
import * as z from 'zod';
import type { QuietHours } from './quiet-hours.ts';
import { TimeOfDay, TimeZone } from './time-fields.ts';

/** What rules ask of a notice. What it does not have, no rule that names it matches. */
export interface AlertFacts {
  readonly uid: string;
  readonly eventType: string;
  readonly severity: Severity;
  readonly symbol?: string;
  readonly strategy?: string;
  readonly mode?: 'shadow' | 'live';
  /** By what a position was closed or reduced. */
  readonly exitReason?: ExitReason;
  /** On which channel it is to be told. */
  readonly channelId: string;
}
export type Severity = 'critical' | 'warning' | 'success' | 'info';

/** Which alerts it is about, each condition that it names, and what becomes of them. */
export interface AlertRule {
  readonly id: string;
  /** The rule of the lowest order that matches decides; of equal orders the one of the first id. */
  readonly order: number;
  readonly uid?: string;
  readonly eventTypes?: readonly string[];
  readonly severities?: readonly Severity[];
  readonly symbols?: readonly string[];
  readonly strategies?: readonly string[];
  readonly modes?: readonly ('shadow' | 'live')[];
  readonly exitReasons?: readonly ExitReason[];
  readonly channels?: readonly string[];
  readonly delivery: 'on' | 'silent' | 'off';
  /** What is not critical waits for their end. */
  readonly quietHours?: QuietHours;
  readonly grouping?: { readonly seconds: number; readonly after: number };
  readonly updates?: Updates;
}

/** What becomes of the message of an opening when its position closes, where the channel can edit it. */
export type Updates = 'both' | 'edit' | 'none';

/** When alerts of one channel become a digest. */
export interface Grouping {
  /** What is grouped apart from others: the rule's id; empty for what no rule groups. */
  readonly key: string;
  /** How long alerts are gathered; 0: each is sent by itself. */
  readonly windowMs: number;
  /** How many alerts within a window are sent by themselves first. */
  readonly after: number;
}

const Names = z.array(z.string().min(1).max(128)).min(1).max(50);

/** The stored document, `tenants/{t}/rules/{id}`. */
export const StoredRule = z.strictObject({
  order: z.int(),
  uid: z.string().min(1).max(128).exactOptional(),
  eventTypes: Names.exactOptional(),
  severities: z
    .array(z.enum(['critical', 'warning', 'success', 'info']))
    .min(1)
    .max(4)
    .exactOptional(),
  symbols: Names.exactOptional(),
  strategies: Names.exactOptional(),
  modes: z
    .array(z.enum(['shadow', 'live']))
    .min(1)
    .max(2)
    .exactOptional(),
  exitReasons: z.array(z.enum(exitReasons)).min(1).max(exitReasons.length).exactOptional(),
  channels: Names.exactOptional(),
  delivery: z.enum(['on', 'silent', 'off']),
  quietHours: z
    .strictObject({
      from: TimeOfDay,
      to: TimeOfDay,
      zone: TimeZone,
    })
    .exactOptional(),
  grouping: z
    .strictObject({ seconds: z.int().min(0).max(60), after: z.int().min(0).max(100) })
    .exactOptional(),
  updates: z.enum(['both', 'edit', 'none']).exactOptional(),
});
