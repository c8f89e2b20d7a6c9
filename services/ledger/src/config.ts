import * as z from 'zod';

const Environment = z.object({
  VERIFY_EVERY_MS: z
    .union([z.literal('off'), z.coerce.number().int().min(1_000).max(86_400_000)])
    .default(3_600_000),
});

export interface LedgerConfig {
  /** Milliseconds between verifications of everything that is stored. */
  readonly verifyEveryMs: number | 'off';
}

/** @throws Error that names each variable and what is wrong with it. */
export function readConfig(environment: NodeJS.ProcessEnv): LedgerConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad environment of ledger\n${z.prettifyError(parsed.error)}`);
  return { verifyEveryMs: parsed.data.VERIFY_EVERY_MS };
}
