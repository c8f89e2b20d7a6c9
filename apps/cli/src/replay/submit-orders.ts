import { type AccountRef, type CommandInput, type CommandReply, mainAccount } from '@bellwether/contracts';
import {
  type Condition,
  type EntrySpec,
  type ExitsSpec,
  type PriceSource,
  type TriggerAction,
  type TriggerSpec,
} from '@bellwether/domain';
import { InputError } from '../input-error.ts';
import type {
  Action,
  ArmedByTrigger,
  Orders,
  ReplayAccount,
  ReplayOrder,
  ReplayPosition,
  ReplayTrigger,
} from './orders-schema.ts';

/** Sends a command and answers what became of it. */
type Request = (command: CommandInput) => Promise<CommandReply>;
type SourceOf = (symbol: string) => PriceSource;

export interface OrdersFile {
  readonly path: string;
  readonly orders: Orders;
}

const by = { actor: 'replay', reason: 'orders file' };

/** Every account that the orders name, once. */
export function accountsOf({ accounts, positions, triggers, orders }: Orders): AccountRef[] {
  const found = new Map<string, AccountRef>();
  for (const { tenant, uid } of [...accounts, ...positions, ...triggers, ...orders])
    found.set(uid, mainAccount(tenant, uid));
  return [...found.values()];
}

/**
 * Sets up and resumes every account, adopts every position and arms every trigger; an order at a time is a trigger
 * that waits for it. Ordinary commands, each committed before this resolves. Accounts go side by side, one account's
 * commands one after another.
 *
 * @throws InputError for what is refused.
 */
export async function submitOrders(
  request: Request,
  { path, orders }: OrdersFile,
  sourceOf: SourceOf,
): Promise<void> {
  await Promise.all(
    accountsOf(orders).map(async (account) => {
      const own = <Entry extends { readonly uid: string }>(entries: readonly Entry[]): Entry[] =>
        entries.filter(({ uid }) => uid === account.uid);
      const commands: CommandInput[] = [
        { name: 'OpenAccount', key: 'open', ...account },
        ...own(orders.accounts).flatMap((setup) => settingUp(account, setup)),
        { name: 'ResumeTrading', key: 'resume', ...account, ...by },
        ...own(orders.positions).map((position) => adoption(account, position, sourceOf)),
        ...own(orders.triggers).map((trigger) => arming(account, trigger, sourceOf)),
        ...own(orders.orders).map((order) => ordering(account, order, sourceOf)),
      ];
      for (const command of commands) await submit(request, path, command);
    }),
  );
}

async function submit(request: Request, path: string, command: CommandInput): Promise<void> {
  const reply = await request(command);
  if (reply.status === 'refused')
    throw new InputError(`${path}: ${entryNamed(command)}: ${reply.reason}: ${reply.detail}`);
}

/** As the file names what the command is for. */
function entryNamed(command: CommandInput): string {
  if (command.name === 'AdoptPosition') return command.position.id;
  return command.name === 'ArmTrigger' ? command.trigger.id : `accounts: "${command.uid}"`;
}

function settingUp(account: AccountRef, { settings, deposits = {} }: ReplayAccount): CommandInput[] {
  const commands = Object.entries(deposits).map(([currency, amount]): CommandInput => ({
    name: 'DepositFunds',
    key: `deposit:${currency}`,
    ...account,
    ...by,
    currency,
    amount,
  }));
  if (settings === undefined) return commands;
  return [{ name: 'ConfigureAccount', key: 'configure', ...account, ...by, settings }, ...commands];
}

function adoption(
  account: AccountRef,
  { id, symbol, side, quantity, entryPrice, armedAt, strategy, tags, ...exits }: ReplayPosition,
  sourceOf: SourceOf,
): CommandInput {
  return {
    name: 'AdoptPosition',
    key: `adopt:${id}`,
    ...account,
    position: {
      id,
      symbol,
      side,
      quantity,
      entryPrice,
      priceSource: sourceOf(symbol),
      exits: exitsOf(exits),
      armedAt,
      ...(strategy === undefined ? {} : { strategy }),
      ...(tags === undefined ? {} : { tags }),
    },
  };
}

function exitsOf({
  stopLoss,
  takeProfit,
  trailing,
  exits,
}: Pick<ReplayPosition, 'stopLoss' | 'takeProfit' | 'trailing' | 'exits'>): ExitsSpec {
  return {
    ...(stopLoss === undefined ? {} : { stopLoss: { price: stopLoss } }),
    ...(takeProfit === undefined ? {} : { targets: [{ price: takeProfit }] }),
    ...(trailing === undefined ? {} : { trailing }),
    ...exits,
  };
}

function arming(
  account: AccountRef,
  { armedAt, uid: _uid, tenant: _tenant, symbol, ...trigger }: ReplayTrigger,
  sourceOf: SourceOf,
): CommandInput {
  const spec = triggerOf({ ...trigger, symbol }, symbol, sourceOf);
  return { name: 'ArmTrigger', key: `arm:${trigger.id}`, ...account, trigger: { ...spec, armedAt } };
}

function triggerOf(
  { id, symbol: own, when, then: action, rearm, expiresAt }: ArmedByTrigger,
  parent: string,
  sourceOf: SourceOf,
): TriggerSpec {
  const symbol = own ?? parent;
  return {
    id,
    symbol,
    priceSource: sourceOf(symbol),
    when: conditionOf(when),
    action: actionOf(action, symbol, sourceOf),
    ...(rearm === undefined ? {} : { rearm }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function conditionOf(when: ReplayTrigger['when']): Condition {
  return 'kind' in when ? when : { kind: 'price', ...when };
}

function actionOf(action: Action, symbol: string, sourceOf: SourceOf): TriggerAction {
  if ('notify' in action) return { kind: 'notify' };
  switch (action.kind) {
    case 'notify':
      return action;
    case 'open': {
      const { position, symbol: own = symbol, ...terms } = action.entry;
      return { kind: 'open', entry: entryOf(terms, position, own, sourceOf) };
    }
    case 'close': {
      const { position: positionId, share } = action;
      return { kind: 'close', positionId, ...(share === undefined ? {} : { share }) };
    }
    case 'amend':
      return { kind: 'amend', positionId: action.position, exits: action.exits };
    case 'arm':
      return { kind: 'arm', trigger: triggerOf(action.trigger, symbol, sourceOf) };
  }
}

function entryOf(
  {
    side,
    quantity,
    how,
    timeInForce,
    exits,
    strategy,
    tags,
  }: Omit<ReplayOrder, 'id' | 'at' | 'uid' | 'tenant' | 'symbol'>,
  positionId: string,
  symbol: string,
  sourceOf: SourceOf,
): EntrySpec {
  return {
    positionId,
    symbol,
    side,
    quantity,
    how,
    timeInForce,
    priceSource: sourceOf(symbol),
    ...(exits === undefined ? {} : { exits }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function ordering(
  account: AccountRef,
  { id, at, symbol, position = id, ...terms }: ReplayOrder,
  sourceOf: SourceOf,
): CommandInput {
  return {
    name: 'ArmTrigger',
    key: `order:${id}`,
    ...account,
    trigger: {
      id,
      symbol,
      priceSource: sourceOf(symbol),
      when: { kind: 'time', at },
      action: { kind: 'open', entry: entryOf(terms, position, symbol, sourceOf) },
      armedAt: at,
    },
  };
}
