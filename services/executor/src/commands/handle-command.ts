import type { Command, CommandName, CommandReply } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type ArmedFrom,
  type Clock,
  type Result,
  chargeCommand,
  explainHold,
  ok,
  watchLimits,
} from '@bellwether/domain';
import { DocumentTooLargeError, WritesShedError, WrongTenantError, hashRequest } from '@bellwether/store';
import * as z from 'zod';
import { type AccountCommits, mostEventsPerCommit } from '../commits/account-commits.ts';
import { type Pause, pause } from '../pause.ts';
import { type Surroundings, withLimits } from '../commits/decide-execution.ts';
import {
  configureAccountHandler,
  depositFundsHandler,
  openAccountHandler,
  resetShadowHandler,
  reverseEntryHandler,
} from './account.handlers.ts';
import { adoptPositionHandler } from './adopt-position.handler.ts';
import { armTriggerHandler } from './arm-trigger.handler.ts';
import {
  grantCreditsHandler,
  releaseCreditsHandler,
  reserveCreditsHandler,
  settleCreditsHandler,
} from './credits.handlers.ts';
import { BookedEntry, type ReadEntries } from './booked-entry.ts';
import { disarmTriggerHandler } from './disarm-trigger.handler.ts';
import { settleFundingHandler } from './funding.handler.ts';
import { type CommandContext, type CommandHandler, type CommandRefusal, accountOf } from './handler.ts';
import { lockSymbolHandler, unlockSymbolHandler } from './locks.handlers.ts';
import {
  abandonExitHandler,
  adoptOrderHandler,
  cancelOrderHandler,
  openPositionHandler,
  reducePositionHandler,
} from './orders.handlers.ts';
import { amendExitsHandler, closePositionHandler } from './positions.handlers.ts';
import { actOnSignalHandler, closeSignalHandler, createSignalHandler } from './signals.handlers.ts';
import { haltTradingHandler, resumeTradingHandler } from './switch-trading.handler.ts';

const handlers: { readonly [Name in CommandName]: CommandHandler<Name> } = {
  OpenAccount: openAccountHandler,
  ResumeTrading: resumeTradingHandler,
  HaltTrading: haltTradingHandler,
  ConfigureAccount: configureAccountHandler,
  DepositFunds: depositFundsHandler,
  ReverseEntry: reverseEntryHandler,
  ResetShadow: resetShadowHandler,
  AdoptPosition: adoptPositionHandler,
  OpenPosition: openPositionHandler,
  ReducePosition: reducePositionHandler,
  AmendExits: amendExitsHandler,
  ClosePosition: closePositionHandler,
  CancelOrder: cancelOrderHandler,
  AdoptOrder: adoptOrderHandler,
  AbandonExit: abandonExitHandler,
  ArmTrigger: armTriggerHandler,
  DisarmTrigger: disarmTriggerHandler,
  LockSymbol: lockSymbolHandler,
  UnlockSymbol: unlockSymbolHandler,
  SettleFunding: settleFundingHandler,
  CreateSignal: createSignalHandler,
  ActOnSignal: actOnSignalHandler,
  CloseSignal: closeSignalHandler,
  GrantCredits: grantCreditsHandler,
  ReserveCredits: reserveCreditsHandler,
  SettleCredits: settleCreditsHandler,
  ReleaseCredits: releaseCreditsHandler,
};

/** What arming needs of the shards: the place of the next tick, and that no checkpoint passes by. */
export interface Arming {
  armedFromNow(symbol: string): ArmedFrom;
  arming<Value>(symbol: string, arm: () => Promise<Value>): Promise<Value>;
}

export interface HandleCommandOptions {
  readonly commits: Pick<AccountCommits, 'commit'>;
  readonly arming: Arming;
  /** Reads what commands take back. */
  readonly entries: ReadEntries;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly pause?: Pause;
  /** Hears of each answer, and how long it took. */
  readonly onHandled?: (command: Command, reply: CommandReply, tookMs: number) => void;
}

const maxTries = 5;
const pauseMs = 15;
/** The journal goes on behind what was read of it: decide anew. */
const outdated: CommandRefusal = { reason: 'CONTENDED' };

/** What a commit of a command does not say by itself. */
interface CommitCircumstances {
  readonly traceparent: string;
  readonly surroundings: CommandContext;
  /** One of several, and not the last. */
  readonly isPart?: boolean;
}

/** Commands to commits: each once by its key, with a bounded number of tries under contention. */
export class HandleCommand {
  readonly #commits: Pick<AccountCommits, 'commit'>;
  readonly #arming: Arming;
  readonly #entries: ReadEntries;
  readonly #surroundings: Surroundings;
  readonly #clock: Clock;
  readonly #pause: Pause;
  readonly #onHandled: HandleCommandOptions['onHandled'];

  constructor(options: HandleCommandOptions) {
    this.#commits = options.commits;
    this.#arming = options.arming;
    this.#entries = options.entries;
    this.#surroundings = options.surroundings;
    this.#clock = options.clock;
    this.#pause = options.pause ?? pause;
    this.#onHandled = options.onHandled;
  }

  async handle(command: Command, traceparent: string): Promise<CommandReply> {
    const startedAt = this.#clock.now();
    const reply = await this.#answer(command, traceparent);
    this.#onHandled?.(command, reply, this.#clock.now() - startedAt);
    return reply;
  }

  async #answer(command: Command, traceparent: string): Promise<CommandReply> {
    const handler = handlerOf(command);
    const symbol = handler.arms?.(command);
    const run = async (): Promise<CommandReply> => this.#carryOut(command, handler, symbol, traceparent);
    try {
      return symbol === undefined ? await run() : await this.#arming.arming(symbol, run);
    } catch (error) {
      if (error instanceof WrongTenantError) return refusedFor(noAccount(command));
      if (error instanceof DocumentTooLargeError) return tooLarge(error);
      if (error instanceof WritesShedError) return refusedFor({ reason: 'OVERLOADED', why: error.message });
      throw error;
    }
  }

  /** In one commit; or, where one entry of the journal does not hold it, in steps of which the last is under its key. */
  async #carryOut(
    command: Command,
    handler: CommandHandler<CommandName>,
    symbol: string | undefined,
    traceparent: string,
  ): Promise<CommandReply> {
    const armedFrom = symbol === undefined ? { at: 0 } : this.#arming.armedFromNow(symbol);
    const surroundings = { ...this.#surroundings, now: this.#clock.now(), armedFrom };
    const whole = async (): Promise<CommandReply> =>
      this.#commit(command, handler, { traceparent, surroundings }, (image, context) => {
        const decided = handler.decide(image, command, context);
        if (!decided.ok) return decided;
        // Nothing is charged for what changes nothing.
        const charge = decided.value.length === 0 ? ok([]) : chargeCommand(image, command.name);
        if (!charge.ok) return charge;
        return ok([...decided.value, ...charge.value, ...watchLimits(image, decided.value, context)]);
      });
    try {
      return await whole();
    } catch (error) {
      const { steps } = handler;
      if (!(error instanceof DocumentTooLargeError) || steps === undefined) throw error;
      for (;;) {
        let left: 'steps' | 'theLast' | undefined;
        const reply = await this.#commit(
          command,
          handler,
          { traceparent, surroundings, isPart: true },
          (image, context) => {
            const decided = steps(image, command, context);
            if (!decided.ok) return decided;
            const first = firstSteps(decided.value);
            left = first.length > 0 ? 'steps' : 'theLast';
            return ok([...first, ...watchLimits(image, first, context)]);
          },
        );
        // Refused, or decided before: its last step is there already.
        if (reply.status === 'refused' || left === undefined) return reply;
        if (left === 'theLast') return whole();
      }
    }
  }

  async #commit(
    command: Command,
    { needs, related, opensAccount, takesBack }: CommandHandler<CommandName>,
    { traceparent, surroundings, isPart }: CommitCircumstances,
    decide: (
      image: Account,
      context: CommandContext & { readonly isOpen: boolean },
    ) => Result<readonly AccountEvent[], CommandRefusal>,
  ): Promise<CommandReply> {
    const account = accountOf(command);
    const taken = takesBack?.(command);
    const entry = taken === undefined ? undefined : new BookedEntry(this.#entries, account, taken);
    for (let tries = 0; tries < maxTries; tries += 1) {
      await entry?.catchUp();
      const booked = entry?.booked;
      const context = booked === undefined ? surroundings : { ...surroundings, booked };
      const outcome = await this.#commits.commit<CommandRefusal>(account, {
        ...needs?.(command),
        ...(isPart === true ? { isPart } : {}),
        related: (image) => withLimits(image, related?.(image, command) ?? {}),
        cause: { kind: 'command', name: command.name, key: command.key },
        traceparent,
        requestHash: hashRequest(command),
        decide: (image, isOpen, version) => {
          if (entry !== undefined && entry.version < version) return { refusal: outdated };
          if (!isOpen && opensAccount !== true) return { refusal: noAccount(command) };
          const decided = decide(image, { ...context, isOpen });
          if (decided.ok) return { events: decided.value };
          return { refusal: { ...explainHold(image, decided.refusal) } };
        },
      });
      switch (outcome.status) {
        case 'committed':
          return { status: 'committed', accountId: account.accountId, seq: outcome.stored.commit.seq };
        case 'repeated':
          return { status: 'committed', accountId: account.accountId, seq: outcome.seq };
        case 'unchanged':
          return { status: 'committed', accountId: account.accountId, seq: outcome.version };
        case 'refused':
          if (outcome.refusal !== outdated) return refusedFor(outcome.refusal);
          await this.#pause(pauseMs);
          break;
        case 'keyReused':
          return refusedFor({
            reason: 'CONFLICT',
            key: command.key,
            detail: 'used before with other content',
          });
        case 'contended':
          await this.#pause(pauseMs);
      }
    }
    return refusedFor({ reason: 'CONTENDED', tries: maxTries });
  }
}

/** The first of several steps, as many as fit one commit; none of what the last commit holds whole. */
function firstSteps(steps: readonly (readonly AccountEvent[])[]): readonly AccountEvent[] {
  const events: AccountEvent[] = [];
  if (steps.flat().length <= mostEventsPerCommit) return events;
  for (const step of steps.slice(0, -1)) {
    if (events.length > 0 && events.length + step.length > mostEventsPerCommit) break;
    events.push(...step);
  }
  return events;
}

/** An account of another tenant is none of this one's. */
function noAccount({ accountId, tenant }: Command): CommandRefusal {
  return { reason: 'NO_ACCOUNT', accountId, tenant };
}

/** It would not fit, however often it came again. */
function tooLarge({ bound, message: why }: DocumentTooLargeError): CommandReply {
  const { limit, actual } = bound;
  return refusedFor({ reason: 'TOO_LARGE', limit, actual, by: actual - limit, why });
}

/** The answer to what is no command. */
export function invalidCommand(error: z.ZodError): CommandReply {
  return { status: 'refused', reason: 'INVALID', detail: z.prettifyError(error) };
}

function refusedFor({ reason, ...detail }: CommandRefusal): CommandReply {
  const words = Object.entries(detail).map(([name, value]) => `${name}: ${String(value)}`);
  return { status: 'refused', reason, detail: words.join(', ') };
}

/** The table's entry fits the command by its name, which the type system cannot follow. */
function handlerOf(command: Command): CommandHandler<CommandName> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return handlers[command.name] as CommandHandler<CommandName>;
}
