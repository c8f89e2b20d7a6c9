import type { AccountRef, Command, CommandName } from '@bellwether/contracts';
import type { Account, AccountEvent, ArmedFrom, BookedEvent, Result } from '@bellwether/domain';
import type { Needs } from '@bellwether/store';
import type { Surroundings } from '../commits/decide-execution.ts';

export type CommandOf<Name extends CommandName> = Extract<Command, { name: Name }>;

/** Why a command was not done: the reason in upper case, and what a person needs to mend it. */
export interface CommandRefusal {
  readonly reason: string;
  readonly [detail: string]: unknown;
}

/** What surrounds a decision: nothing in it does I/O. */
export interface CommandContext extends Surroundings {
  /** Epoch milliseconds. */
  readonly now: number;
  /** From where ticks count for something that is armed now. */
  readonly armedFrom: ArmedFrom;
  /** What the command takes back; absent where there is no such event. */
  readonly booked?: BookedEvent;
}

type Decide<Name extends CommandName, Decided> = (
  account: Account,
  command: CommandOf<Name>,
  context: CommandContext & { readonly isOpen: boolean },
) => Result<Decided, CommandRefusal>;

/** One kind of command: what it looks at, whether it arms something, and how it decides. */
export interface CommandHandler<Name extends CommandName> {
  /** What the decision looks at besides the account. */
  readonly needs?: (command: CommandOf<Name>) => Needs;
  /** What that points to. */
  readonly related?: (account: Account, command: CommandOf<Name>) => Needs;
  /** The symbol on which it arms something, or at whose price it fills: its shard must be held here. */
  readonly arms?: (command: CommandOf<Name>) => string;
  /** The id of the event that it takes back: it is decided on what the journal says of that. */
  readonly takesBack?: (command: CommandOf<Name>) => string;
  /** True for the one command that needs no account yet. */
  readonly opensAccount?: boolean;
  /** Pure: it may run several times. */
  readonly decide: Decide<Name, readonly AccountEvent[]>;
  /** The same in steps, of a command that may be more than one entry of the journal holds; decided anew after each commit. */
  readonly steps?: Decide<Name, readonly (readonly AccountEvent[])[]>;
}

export function accountOf({ tenant, uid, accountId }: Command): AccountRef {
  return { tenant, uid, accountId };
}
