import { type ScopeTradingDocument, newTraceParent, paths, scopeId } from '@bellwether/contracts';
import { type HaltRefusal, haltTrading, refuse, resumeTrading } from '@bellwether/domain';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import {
  AccountStore,
  type ScopeRefusal,
  ScopeStore,
  type StoredCommit,
  type StoredScopeCommit,
  type StoreFirestore,
  hashRequest,
  readDocument,
  switchScope,
} from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusalText } from '../account/refusal-text.ts';
import { counted } from '../counted.ts';
import { InputError } from '../input-error.ts';
import { loginActor } from '../login-actor.ts';
import { withFirestore } from '../stored/with-firestore.ts';
import {
  type Flattening,
  type Stake,
  flatteningIn,
  flatteningNow,
  heldAccounts,
  openScopes,
  stakeOf,
} from './kill-state.ts';
import { type KillScope, type KillTarget, findTarget } from './kill-target.ts';
import { parseUntil } from './until.ts';

export interface ReleaseOptions {
  readonly scope: KillScope;
  readonly reason: string;
  readonly actor?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  /** Seconds. */
  readonly timeout: string;
  readonly dataDir?: string;
}
export interface EngageOptions extends ReleaseOptions {
  readonly flatten?: boolean;
  readonly until?: string;
}
export interface StatusOptions {
  readonly accounts?: boolean;
  readonly json?: boolean;
  readonly dataDir?: string;
}

interface Switch {
  readonly state: 'active' | 'halted';
  readonly actor: string;
  readonly reason: string;
  readonly until?: number;
  readonly flatten?: boolean;
}

const everyMs = 250;

/** `bellwether kill engage --scope SCOPE [ID] --reason TEXT` */
export async function runEngage(id: string | undefined, options: EngageOptions): Promise<void> {
  const { until, flatten = false } = options;
  const ends = until === undefined ? {} : { until: parseUntil(until, systemClock.now()) };
  await run(id, options, { state: 'halted', ...by(options), ...ends, ...(flatten ? { flatten } : {}) });
}

/** `bellwether kill release --scope SCOPE [ID] --reason TEXT` */
export async function runRelease(id: string | undefined, options: ReleaseOptions): Promise<void> {
  await run(id, options, { state: 'active', ...by(options) });
}

/** `bellwether kill status` */
export async function runStatus(options: StatusOptions): Promise<void> {
  const { accounts, json } = options;
  await withFirestore('kill', options.dataDir, async (firestore) => {
    const scopes = await openScopes(firestore);
    const flattening = await flatteningNow(firestore);
    const held = accounts === true ? await heldAccounts(firestore) : undefined;
    if (json === true) {
      const named = held?.map(({ accountId, trading, holds }) => ({ accountId, trading, holds }));
      print({ scopes, flattening, ...(named === undefined ? {} : { accounts: named }) });
      return;
    }
    if (scopes.length === 0) write('No scope is halted.');
    for (const each of scopes) write(inWords(each));
    for (const each of flattening) write(leftOf(each));
    for (const { accountId, trading, holds } of held ?? [])
      write(
        `${accountId}: ${trading}, ${holds.map(({ scope, actor, reason }) => `by ${scope} (${actor}: ${reason})`).join(', ')}`,
      );
  });
}

async function run(id: string | undefined, options: ReleaseOptions, change: Switch): Promise<void> {
  const seconds = Number(options.timeout);
  if (!(seconds > 0)) throw new InputError(`--timeout: must be seconds above 0, not "${options.timeout}"`);
  await withFirestore('kill', options.dataDir, async (firestore) =>
    switchTrading(firestore, id, options, change, seconds * 1_000),
  );
}

async function switchTrading(
  firestore: StoreFirestore,
  id: string | undefined,
  options: ReleaseOptions,
  change: Switch,
  timeoutMs: number,
): Promise<void> {
  const target = await findTarget(firestore, options.scope, id);
  // Confirmed already: a kill switch does not read first what it will stop.
  if (options.yes !== true) await confirm(target, change, await stakeOf(firestore, target));
  const deadline = systemClock.now() + timeoutMs;
  const seq = await commit(firestore, target, change);
  const journal = target.kind === 'scope' ? scopeId(target.scope) : target.name;
  tell(seq === undefined ? 'It is so already.' : `Committed as entry ${seq} of the journal of ${journal}.`);
  const document = target.kind === 'scope' ? await followed(firestore, target, deadline) : undefined;
  const left = change.flatten === true ? await flat(firestore, target, deadline) : [];
  if (options.json === true) {
    const counts = document === undefined ? {} : { accounts: document.accounts, done: document.done };
    print({
      target: target.name,
      scope: options.scope,
      ...change,
      ...(seq === undefined ? {} : { seq }),
      ...counts,
      notClosed: left,
    });
  } else
    write(
      `${target.name}: trading is ${change.state}${change.flatten === true ? ', everything closed' : ''}.`,
    );
}

/** @returns the sequence of its entry in the journal of the account or scope; `undefined` where it is so already. */
async function commit(
  firestore: StoreFirestore,
  target: KillTarget,
  change: Switch,
): Promise<number | undefined> {
  const made = { firestore, clock: systemClock, ids: systemIds, logger: createLogger(silent) };
  const key = `kill-${systemIds.next()}`;
  const traceparent = newTraceParent(systemIds.hex);
  for (;;) {
    const outcome =
      target.kind === 'scope'
        ? await switchScope(new ScopeStore(made), target.scope, {
            key,
            ...change,
            traceparent,
            clock: systemClock,
          })
        : await new AccountStore({ ...made, shards: 1 }).commit<Refusal>(target.account, {
            cause: {
              kind: 'command',
              name: change.state === 'active' ? 'ResumeTrading' : 'HaltTrading',
              key,
            },
            traceparent,
            requestHash: hashRequest({ ...target.account, ...change }),
            decide: (account, isOpen) => {
              const decided = !isOpen
                ? refuse({ reason: 'NO_ACCOUNT' } as const)
                : change.state === 'active'
                  ? resumeTrading(account, change)
                  : haltTrading(account, { ...change, state: 'halted' }, { now: systemClock.now() });
              return decided.ok ? { events: decided.value } : { refusal: decided.refusal };
            },
          });
    switch (outcome.status) {
      case 'committed':
        return seqOf(outcome.stored);
      case 'repeated':
        return outcome.seq;
      case 'unchanged':
        return undefined;
      case 'refused':
        throw new InputError(`${target.name}: ${inWordsOf(outcome.refusal, target)}`);
      case 'keyReused':
        throw new Error(`${key}: is the key of something else`);
      case 'contended':
    }
  }
}

type Refusal = ScopeRefusal | HaltRefusal | { readonly reason: 'NO_ACCOUNT' };

function inWordsOf({ reason }: Refusal, target: KillTarget): string {
  return target.kind === 'account' ? refusalText({ reason }, target.account) : reason;
}

function seqOf({ commit: { seq } }: StoredCommit | StoredScopeCommit): number {
  return seq;
}

/** Tells how many accounts have followed, until all have. */
async function followed(
  firestore: Firestore,
  target: Extract<KillTarget, { kind: 'scope' }>,
  deadline: number,
): Promise<ScopeTradingDocument | undefined> {
  let said = '';
  for (;;) {
    const found = await firestore.doc(paths.scopeTrading(target.scope)).get();
    const document = readDocument<ScopeTradingDocument>(found);
    if (document?.isSpreading !== true) return document;
    const progress = `${document.done} of ${document.accounts} accounts have followed.`;
    if (progress !== said) tell(progress);
    said = progress;
    if (systemClock.now() >= deadline)
      throw new Error(
        `${progress} The halt stands, and executors go on: none seems to run now. "kill status" tells how far it is.`,
      );
    await sleep(everyMs);
  }
}

/** Waits until everything is closed. @returns what is not when everything else is. */
async function flat(
  firestore: Firestore,
  target: KillTarget,
  deadline: number,
): Promise<readonly Flattening[]> {
  let said = '';
  for (;;) {
    const left = await flatteningIn(firestore, target);
    if (left.length === 0) return left;
    const progress = left.map(leftOf).join('\n');
    if (progress !== said) tell(progress);
    said = progress;
    if (systemClock.now() >= deadline)
      throw new Error(`Not everything is closed yet; executors go on as prices come:\n${progress}`);
    await sleep(everyMs);
  }
}

/** @throws Error when the user does not type what was asked for. */
async function confirm(target: KillTarget, change: Switch, stake: Stake): Promise<void> {
  const { accounts, active, openPositions, workingOrders } = stake;
  const verb =
    change.state === 'active' ? 'Resumes' : change.flatten === true ? 'Flattens and halts' : 'Halts';
  tell(
    `${verb} ${target.name}: ${counted(accounts, 'account')}, ${active} of them active, ` +
      `with ${counted(openPositions, 'open position')} and ${counted(workingOrders, 'working order')}.`,
  );
  if (!process.stdin.isTTY) throw new InputError('--yes: confirms it where nobody can be asked');
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asked.question(`Type "${target.name}" to confirm: `);
    if (answer.trim() !== target.name) throw new Error('Not confirmed: nothing was changed.');
  } finally {
    asked.close();
  }
}

function inWords(document: ScopeTradingDocument): string {
  const { scope, state, actor, reason, until, flatten, accounts, done, isSpreading } = document;
  const ends = until === undefined ? '' : ` until ${new Date(until).toISOString()}`;
  const how = flatten === true ? 'flattened and halted' : state;
  const far = isSpreading
    ? `, ${done} of ${accounts} accounts have followed`
    : `, ${counted(accounts, 'account')}`;
  return `${scopeId(scope)}: ${how}${ends} by ${actor} (${reason})${far}`;
}

function leftOf({ accountId, open }: Flattening): string {
  const symbols = open.map(({ positionId, symbol }) => `${positionId} (${symbol})`).join(', ');
  return `${accountId}: ${open.length === 0 ? 'everything is closed, about to be halted' : `not closed yet: ${symbols}`}`;
}

function by({ actor, reason }: ReleaseOptions): { readonly actor: string; readonly reason: string } {
  if (reason.trim() === '' || reason.length > 512)
    throw new InputError('--reason: must be 1 to 512 characters that say why');
  return { actor: actor ?? loginActor(), reason };
}

const silent = { service: 'cli', level: 'silent' } as const;
const tell = (line: string): unknown => process.stderr.write(`${line}\n`);
const write = (line: string): unknown => process.stdout.write(`${line}\n`);
const print = (value: object): unknown => write(JSON.stringify(value));
