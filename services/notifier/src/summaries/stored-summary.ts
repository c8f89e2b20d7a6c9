import * as z from 'zod';

/** The stored document, `tenants/{t}/summaries/{id}`. */
export const StoredSummary = z.strictObject({
  isActive: z.boolean(),
  period: z.enum(['day', 'week']),
  zone: z.string().refine(isZone, 'must be a time zone like Europe/Berlin'),
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day like 07:00'),
  since: z.number().nonnegative().exactOptional(),
});

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
