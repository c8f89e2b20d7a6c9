import * as z from 'zod';
import { TimeOfDay, TimeZone } from '../rules/time-fields.ts';

/** The stored document, `tenants/{t}/summaries/{id}`. */
export const StoredSummary = z.strictObject({
  isActive: z.boolean(),
  period: z.enum(['day', 'week']),
  zone: TimeZone,
  at: TimeOfDay,
  since: z.number().nonnegative().exactOptional(),
});
