import * as z from 'zod';

const day = 86_400_000;
const everyMs = (usual: number) =>
  z.union([z.literal('off'), z.coerce.number().int().min(1_000).max(day)]).default(usual);

const Environment = z.object({
  INSTANCE_ID: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"')
    .optional(),
  VERIFY_EVERY_MS: everyMs(3_600_000),
  ARCHIVE_EVERY_MS: everyMs(day),
  ARCHIVE_AFTER_DAYS: z.coerce.number().min(7).max(36_500).default(30),
});

export interface LedgerConfig {
  /** Under which it reports what it writes: its own, where several ledgers run. */
  readonly name: string;
  /** Milliseconds between verifications of everything that is stored. */
  readonly verifyEveryMs: number | 'off';
  /** Milliseconds between looks for trades that are old enough for files. */
  readonly archiveEveryMs: number | 'off';
  /** How long ago their positions must have been closed, milliseconds. */
  readonly archiveAfterMs: number;
}

/** @throws Error that names each variable and what is wrong with it. */
export function readConfig(environment: NodeJS.ProcessEnv): LedgerConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad environment of ledger\n${z.prettifyError(parsed.error)}`);
  const { INSTANCE_ID: instance, VERIFY_EVERY_MS, ARCHIVE_EVERY_MS, ARCHIVE_AFTER_DAYS } = parsed.data;
  return {
    name: instance === undefined ? 'ledger' : `ledger-${instance}`,
    verifyEveryMs: VERIFY_EVERY_MS,
    archiveEveryMs: ARCHIVE_EVERY_MS,
    archiveAfterMs: ARCHIVE_AFTER_DAYS * day,
  };
}
