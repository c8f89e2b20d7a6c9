import { readFile } from 'node:fs/promises';
import { InputError } from '../input-error.ts';
import { explainIssues } from '../explain-issues.ts';
import { parseJson } from '../read-json.ts';
import { type Action, Orders } from './orders-schema.ts';

type ReadText = (path: string) => Promise<string>;
const readText: ReadText = async (path) => readFile(path, 'utf8');

/** Reads and checks an orders file. @throws InputError that names the entry, the field and the reason. */
export async function readOrders(path: string, read: ReadText = readText): Promise<Orders> {
  let text: string;
  try {
    text = await read(path);
  } catch (error) {
    throw new InputError(`${path}: the orders file cannot be read`, { cause: error });
  }
  const json = parseJson(text, path, { isSecret: false });
  const parsed = Orders.safeParse(json);
  if (!parsed.success)
    throw new InputError(
      `${path}: the orders are not valid\n${explainIssues(json, parsed.error).join('\n')}`,
    );
  checkIds(path, parsed.data);
  return parsed.data;
}

/** @throws InputError for the first entry whose symbol no tape has. */
export function checkSymbols(path: string, orders: Orders, symbols: ReadonlySet<string>): void {
  for (const { id, symbol } of [...named(orders), ...entered(orders)]) {
    if (symbol !== undefined && !symbols.has(symbol))
      throw new InputError(
        `${path}: ${id}: symbol: "${symbol}" is in no tape (there are ${[...symbols].toSorted().join(', ')})`,
      );
  }
}

function checkIds(path: string, orders: Orders): void {
  const seen = new Set<string>();
  for (const { id } of named(orders)) {
    if (seen.has(id)) throw new InputError(`${path}: ${id}: id: is used twice`);
    seen.add(id);
  }
  const tenants = new Map<string, string>();
  const { accounts, positions, triggers, orders: entries } = orders;
  const setUp = new Set<string>();
  for (const { uid } of accounts) {
    if (setUp.has(uid)) throw new InputError(`${path}: accounts: uid: "${uid}" is used twice`);
    setUp.add(uid);
  }
  const owned = accounts.map(({ uid, tenant }) => ({ id: `accounts: "${uid}"`, uid, tenant }));
  for (const { id, uid, tenant } of [...owned, ...positions, ...triggers, ...entries]) {
    const known = tenants.get(uid) ?? tenant;
    if (known !== tenant)
      throw new InputError(`${path}: ${id}: tenant: user "${uid}" belongs to "${known}" and to "${tenant}"`);
    tenants.set(uid, tenant);
  }
}

interface Named {
  readonly id: string;
  readonly symbol?: string;
}

/** Everything that has an id of its own, and the symbol that it names. */
function* named({ positions, triggers, orders }: Orders): Iterable<Named> {
  yield* positions;
  yield* triggers;
  for (const action of actionsOf(triggers))
    if ('kind' in action && action.kind === 'arm') yield action.trigger;
  yield* orders;
}

/** The positions that triggers open, with the symbol where they name one. */
function* entered({ triggers }: Orders): Iterable<Named> {
  for (const action of actionsOf(triggers))
    if ('kind' in action && action.kind === 'open') yield { ...action.entry, id: action.entry.position };
}

/** What triggers do, and those that they arm. */
function* actionsOf(triggers: Iterable<{ readonly then: Action }>): Iterable<Action> {
  for (const { then: action } of triggers) {
    yield action;
    if ('kind' in action && action.kind === 'arm') yield* actionsOf([action.trigger]);
  }
}
