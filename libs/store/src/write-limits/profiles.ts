/** How fast bulk writes go. All rates are of this process alone: several share no counter. */
export interface WriteProfile {
  readonly name: string;
  /** Writes in any second, all collections together. */
  readonly writesPerSecond: number;
  /** Writes to one document in any second. */
  readonly perDocument: number;
  /** How long nothing but executions is written after Firestore said RESOURCE_EXHAUSTED. */
  readonly coolDownMs: number;
}

export const writeProfiles = {
  default: { name: 'default', writesPerSecond: 500, perDocument: 50, coolDownMs: 5_000 },
  conservative: { name: 'conservative', writesPerSecond: 300, perDocument: 30, coolDownMs: 10_000 },
  aggressive: { name: 'aggressive', writesPerSecond: 700, perDocument: 70, coolDownMs: 2_000 },
} as const satisfies Readonly<Record<string, WriteProfile>>;

/**
 * The profile that `WRITE_LIMITS` names, `default` without it; `undefined` for `off`: nothing waits and
 * nothing is shed.
 *
 * @throws Error that says what is allowed.
 */
export function readWriteProfile(environment: NodeJS.ProcessEnv): WriteProfile | undefined {
  const name = environment['WRITE_LIMITS'] ?? 'default';
  if (name === 'off') return undefined;
  const found = Object.values<WriteProfile>(writeProfiles).find((profile) => profile.name === name);
  if (found !== undefined) return found;
  const allowed = [...Object.keys(writeProfiles), 'off'].join(', ');
  throw new Error(`WRITE_LIMITS must be one of ${allowed}, not "${name}"`);
}
