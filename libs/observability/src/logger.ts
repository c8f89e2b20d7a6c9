import { pino } from 'pino';

export type Logger = pino.Logger;

export interface LoggerOptions {
  /** Stands in each line as `service`. */
  readonly service: string;
  /** The least level that is written; `info` by default. */
  readonly level?: string;
  /** Lines are appended to this file, which is created when missing; without it they go to stderr. */
  readonly file?: string;
}

const secrets = ['webhookToken', 'botToken', 'password', 'token', 'authorization', 'Authorization', 'secret'];
const deepest = 4;

/**
 * JSON lines, one per call, written before the call returns.
 *
 * Values under `webhookToken`, `botToken`, `password`, `token`, `authorization` and `secret` are replaced by `[redacted]`, up to four
 * levels deep. Ids carry the same names in every service: `traceId`, `account`, `eventId`.
 */
export function createLogger({ service, level = 'info', file }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      redact: { paths: secretPaths(), censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ sync: true, ...(file === undefined ? { dest: 2 } : { dest: file, mkdir: true }) }),
  );
}

/** `token`, `*.token`, `*.*.token` and so on: a redacting path names its depth. */
function secretPaths(): string[] {
  const prefixes = Array.from({ length: deepest }, (_, depth) => '*.'.repeat(depth));
  return prefixes.flatMap((prefix) => secrets.map((secret) => `${prefix}${secret}`));
}
