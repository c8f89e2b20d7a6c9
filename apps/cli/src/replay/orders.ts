import { Id, PositiveDecimal } from '@bellwether/contracts';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { InputError } from '../input-error.ts';

const entry = {
  id: Id,
  uid: Id,
  tenant: Id.default('replay'),
  symbol: z.string().min(1).max(32),
  armedAt: z.int().nonnegative(),
};

const Position = z.strictObject({
  ...entry,
  side: z.enum(['long', 'short']),
  quantity: PositiveDecimal,
  entryPrice: PositiveDecimal,
  stopLoss: PositiveDecimal.exactOptional(),
  takeProfit: PositiveDecimal.exactOptional(),
  trailing: z.strictObject({ distance: PositiveDecimal }).exactOptional(),
});
const Trigger = z.strictObject({
  ...entry,
  when: z.strictObject({ direction: z.enum(['above', 'below']), price: PositiveDecimal }),
  // The word of the file format, a plain object that nobody awaits.
  // oxlint-disable-next-line unicorn/no-thenable
  then: z.strictObject({ notify: z.literal(true) }),
});
const Orders = z.strictObject({
  positions: z.array(Position).default([]),
  triggers: z.array(Trigger).default([]),
});

/** As much of a wrong file as is needed to name its entries. */
const Lists = z.record(z.string(), z.unknown());
const Entries = z.array(z.unknown());
const Named = z.object({ id: z.string() });

type ReadText = (path: string) => Promise<string>;
const readText: ReadText = async (path) => readFile(path, 'utf8');

export type ReplayPosition = z.infer<typeof Position>;
export type ReplayTrigger = z.infer<typeof Trigger>;
export type Orders = z.infer<typeof Orders>;

/** Reads and checks an orders file. @throws InputError that names the entry, the field and the reason. */
export async function readOrders(path: string, read: ReadText = readText): Promise<Orders> {
  let text: string;
  try {
    text = await read(path);
  } catch (error) {
    throw new InputError(`${path}: the orders file cannot be read`, { cause: error });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: not JSON`, { cause: error });
  }
  const parsed = Orders.safeParse(json);
  if (!parsed.success) {
    const lines = parsed.error.issues
      .slice(0, 10)
      .map((issue) => `  ${where(json, issue.path)}: ${issue.message}`);
    throw new InputError(`${path}: the orders are not valid\n${lines.join('\n')}`);
  }
  checkIds(path, parsed.data);
  return parsed.data;
}

/** @throws InputError for the first entry whose symbol no tape has. */
export function checkSymbols(path: string, orders: Orders, symbols: ReadonlySet<string>): void {
  for (const { id, symbol } of [...orders.positions, ...orders.triggers]) {
    if (!symbols.has(symbol))
      throw new InputError(
        `${path}: ${id}: symbol: "${symbol}" is in no tape (there are ${[...symbols].toSorted().join(', ')})`,
      );
  }
}

function checkIds(path: string, { positions, triggers }: Orders): void {
  const seen = new Set<string>();
  const tenants = new Map<string, string>();
  for (const { id, uid, tenant } of [...positions, ...triggers]) {
    if (seen.has(id)) throw new InputError(`${path}: ${id}: id: is used twice`);
    seen.add(id);
    const known = tenants.get(uid) ?? tenant;
    if (known !== tenant)
      throw new InputError(`${path}: ${id}: tenant: user "${uid}" belongs to "${known}" and to "${tenant}"`);
    tenants.set(uid, tenant);
  }
}

/** `positions[3] (id "p3").quantity`: where in the file, with the entry's own name where it has one. */
function where(json: unknown, path: readonly PropertyKey[]): string {
  const [list, index, ...rest] = path;
  const at = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  if (typeof list !== 'string' || typeof index !== 'number') return at.replace(/^\./, '') || 'the file';
  const entries = Entries.safeParse(Lists.safeParse(json).data?.[list]).data;
  const id = Named.safeParse(entries?.[index]).data?.id;
  const name = id === undefined ? '' : ` (id "${id}")`;
  return `${list}[${index}]${name}${rest.map((part) => `.${String(part)}`).join('')}`;
}
