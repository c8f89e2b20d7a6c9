import type { BatchPerformance, UserWrites } from '@bellwether/contracts';
import type { WriteOrigin } from './bulk-writes.ts';
import type { BreakerState } from './circuit-breaker.ts';

const mostUsers = 10_000;

const noTotals = {
  batches: 0,
  writes: 0,
  executions: 0,
  shed: 0,
  exhausted: 0,
  opened: 0,
  longestWaitMs: 0,
};
type Totals = Readonly<typeof noTotals>;

/** What a process has written in bulk, and for whom, since it started. */
export class WriteCounters {
  readonly #since: number;
  readonly #profile: string;
  readonly #users = new Map<string, UserWrites & { readonly tenantId: string }>();
  readonly #changedUsers = new Set<string>();
  readonly #onChange: () => void;
  #totals: Totals = { ...noTotals };
  #state: BreakerState = 'closed';
  #waiting = 0;

  /** @param since when the process started, epoch milliseconds. */
  constructor(parts: { since: number; profile: string; onChange?: () => void }) {
    this.#since = parts.since;
    this.#profile = parts.profile;
    this.#onChange = parts.onChange ?? (() => undefined);
  }

  admitted(origin: WriteOrigin, writes: number, waitedMs: number): void {
    const { batches, writes: before, longestWaitMs } = this.#totals;
    this.#change({
      batches: batches + 1,
      writes: before + writes,
      longestWaitMs: Math.max(longestWaitMs, Math.round(waitedMs)),
    });
    this.#changeUser(origin, { batches: 1, writes });
  }

  executed(origin: Omit<WriteOrigin, 'priority'>, writes: number): void {
    this.#change({ executions: this.#totals.executions + writes });
    this.#changeUser(origin, { executions: writes });
  }

  shed(origin: WriteOrigin): void {
    this.#change({ shed: this.#totals.shed + 1 });
    this.#changeUser(origin, { shed: 1 });
  }

  exhausted(): void {
    this.#change({ exhausted: this.#totals.exhausted + 1 });
  }

  entered(state: BreakerState): void {
    const opens = state === 'shedsBackground' || state === 'shedsCommands';
    this.#state = state;
    this.#change({ opened: this.#totals.opened + (opens ? 1 : 0) });
  }

  waits(requests: number): void {
    this.#waiting = requests;
  }

  performance(): Omit<BatchPerformance, 'reportedAt'> {
    return {
      since: this.#since,
      profile: this.#profile,
      state: this.#state,
      waiting: this.#waiting,
      ...this.#totals,
    };
  }

  /** Takes up to `most` users whose counts have changed since they were last taken. */
  takeChangedUsers(most: number): ReadonlyMap<string, UserWrites & { readonly tenantId: string }> {
    const taken = new Map<string, UserWrites & { readonly tenantId: string }>();
    for (const uid of this.#changedUsers) {
      if (taken.size === most) break;
      const counts = this.#users.get(uid);
      if (counts !== undefined) taken.set(uid, counts);
      this.#changedUsers.delete(uid);
    }
    return taken;
  }

  /** They could not be reported. */
  putBack(uids: Iterable<string>): void {
    for (const uid of uids) if (this.#users.has(uid)) this.#changedUsers.add(uid);
  }

  get hasChangedUsers(): boolean {
    return this.#changedUsers.size > 0;
  }

  #change(totals: Partial<Totals>): void {
    this.#totals = { ...this.#totals, ...totals };
    this.#onChange();
  }

  #changeUser({ tenant, uid }: Omit<WriteOrigin, 'priority'>, more: Partial<UserWrites>): void {
    if (uid === undefined) return;
    const { batches, writes, executions, shed } = this.#users.get(uid) ?? none;
    this.#users.delete(uid);
    this.#users.set(uid, {
      tenantId: tenant,
      since: this.#since,
      batches: batches + (more.batches ?? 0),
      writes: writes + (more.writes ?? 0),
      executions: executions + (more.executions ?? 0),
      shed: shed + (more.shed ?? 0),
    });
    this.#changedUsers.add(uid);
    if (this.#users.size <= mostUsers) return;
    const [oldest] = this.#users.keys();
    if (oldest === undefined) return;
    this.#users.delete(oldest);
    this.#changedUsers.delete(oldest);
  }
}

const none = { batches: 0, writes: 0, executions: 0, shed: 0 };
