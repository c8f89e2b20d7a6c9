import { EventId, partsOfEventId } from '@bellwether/contracts';
import { type SendOptions, runCommandSend } from '../command/command-command.ts';
import { fail } from '../fail.ts';
import { InputError } from '../input-error.ts';

export type ReverseOptions = Omit<SendOptions, 'account' | 'data' | 'file' | 'reason'> & {
  readonly reason: string;
};

/** `bellwether ledger reverse EVENT-ID`: exit code 0 when it is committed, 1 when it is refused or nobody answers. */
export async function runLedgerReverse(eventId: string, options: ReverseOptions): Promise<void> {
  if (!EventId.safeParse(eventId).success)
    fail(
      new InputError(
        `${eventId}: is no event's id, such as ann.main:0000000002:0; \`bellwether ledger entries ACCOUNT\` tells them`,
      ),
    );
  const { accountId: account } = partsOfEventId(eventId);
  await runCommandSend('ReverseEntry', { ...options, account, data: JSON.stringify({ eventId }) });
}
