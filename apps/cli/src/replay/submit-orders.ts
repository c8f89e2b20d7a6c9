import { type AccountRef, type CommandInput, type CommandReply, mainAccount } from '@bellwether/contracts';
import type { ExitsSpec, PriceSource } from '@bellwether/domain';
import type { Orders, ReplayPosition, ReplayTrigger } from './orders.ts';

/** Every account that the orders name, once. */
export function accountsOf({ positions, triggers }: Orders): AccountRef[] {
  const accounts = new Map<string, AccountRef>();
  for (const { tenant, uid } of [...positions, ...triggers]) accounts.set(uid, mainAccount(tenant, uid));
  return [...accounts.values()];
}

/** Sends a command and answers what became of it. */
type Request = (command: CommandInput) => Promise<CommandReply>;

/**
 * Opens and resumes every account, adopts every position and arms every trigger: ordinary commands, each
 * committed before this resolves. Accounts go side by side, one account's commands one after another.
 */
export async function submitOrders(
  request: Request,
  orders: Orders,
  sourceOf: (symbol: string) => PriceSource,
): Promise<void> {
  await Promise.all(
    accountsOf(orders).map(async (account) => {
      const by = { actor: 'replay', reason: 'orders file' };
      await submit(request, { name: 'OpenAccount', key: 'open', ...account });
      await submit(request, { name: 'ResumeTrading', key: 'resume', ...account, ...by });
      for (const position of orders.positions)
        if (position.uid === account.uid) await submit(request, adoption(account, position, sourceOf));
      for (const trigger of orders.triggers)
        if (trigger.uid === account.uid) await submit(request, arming(account, trigger, sourceOf));
    }),
  );
}

async function submit(request: Request, command: CommandInput): Promise<void> {
  const reply = await request(command);
  if (reply.status === 'refused')
    throw new Error(
      `${command.name} ${command.key} of ${command.accountId}: ${reply.reason} ${reply.detail}`,
    );
}

function adoption(
  account: AccountRef,
  { id, symbol, side, quantity, entryPrice, armedAt, stopLoss, takeProfit, trailing }: ReplayPosition,
  sourceOf: (symbol: string) => PriceSource,
): CommandInput {
  const exits: ExitsSpec = {
    ...(stopLoss === undefined ? {} : { stopLoss: { price: stopLoss } }),
    ...(takeProfit === undefined ? {} : { targets: [{ price: takeProfit }] }),
    ...(trailing === undefined ? {} : { trailing }),
  };
  const priceSource = sourceOf(symbol);
  return {
    name: 'AdoptPosition',
    key: `adopt:${id}`,
    ...account,
    position: { id, symbol, side, quantity, entryPrice, priceSource, exits, armedAt },
  };
}

function arming(
  account: AccountRef,
  { id, symbol, armedAt, when }: ReplayTrigger,
  sourceOf: (symbol: string) => PriceSource,
): CommandInput {
  return {
    name: 'ArmTrigger',
    key: `arm:${id}`,
    ...account,
    trigger: {
      id,
      symbol,
      priceSource: sourceOf(symbol),
      when: { kind: 'price', ...when },
      action: { kind: 'notify' },
      armedAt,
    },
  };
}
