import {
  type AccountRef,
  Amount,
  type CreditTransactionDocument,
  type CreditsBalanceDocument,
  GrantCredits,
  newTraceParent,
  paths,
  problemsOf,
} from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type CreditPrices,
  type MeteredCommand,
  type Result,
  configureAccount,
  decimal,
  formatDecimal,
  grantCredits,
  meteredCommands,
  refuse,
} from '@bellwether/domain';
import { latestOfAccount } from '@bellwether/ledger';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import { AccountStore, type StoreFirestore, hashRequest, readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type * as z from 'zod';
import { refusalText } from '../account/refusal-text.ts';
import { InputError } from '../input-error.ts';
import { loginActor } from '../login-actor.ts';
import { csvOf } from '../ledger/csv.ts';
import { findAccount } from '../stored/find-account.ts';
import { type AnswerOptions, answer } from '../stored/answer.ts';
import { wholeNumber } from '../whole-number.ts';

export interface GrantOptions extends AnswerOptions {
  readonly reason: string;
  readonly actor?: string;
  readonly key?: string;
}
export interface ShowOptions extends AnswerOptions {
  readonly limit: string;
}

type Refusal = { readonly reason: string };
type Decide = (account: Account) => Result<readonly AccountEvent[], Refusal>;

const columns = [
  'eventId',
  'changedAt',
  'kind',
  'amount',
  'balance',
  'reservationId',
  'purpose',
  'actor',
  'reverses',
];

/** `bellwether credits grant ACCOUNT AMOUNT` */
export async function runCreditsGrant(id: string, amount: string, options: GrantOptions): Promise<void> {
  const key = options.key ?? `grant-${systemIds.next()}`;
  const request = { amount, ...by(options) };
  check(Grant, { key, ...request });
  await answer('credits', options, async (firestore) => {
    const account = await findAccount(firestore, id);
    await commit(firestore, account, { name: 'GrantCredits', key, ...request }, (image) =>
      grantCredits(image, request),
    );
    const { available, reserved } = await balanceOf(firestore, account);
    return { json: { available, reserved }, text: inWords({ available, reserved }) };
  });
}

/** `bellwether credits price ACCOUNT COMMAND AMOUNT` */
export async function runCreditsPrice(
  id: string,
  command: string,
  price: string,
  options: GrantOptions,
): Promise<void> {
  const metered = meteredOf(command);
  const key = options.key ?? `price-${systemIds.next()}`;
  const isFree = price === 'off';
  check(Price, { key, ...by(options), ...(isFree ? {} : { price }) });
  const amount = isFree ? undefined : formatDecimal(decimal(price));
  await answer('credits', options, async (firestore) => {
    const account = await findAccount(firestore, id);
    const request = { name: 'ConfigureAccount', key, command, price, ...by(options) };
    await commit(firestore, account, request, (image) => {
      const { creditPrices = {}, broker, ...settings } = image.settings;
      const { [metered]: _before, ...others } = creditPrices;
      const prices: CreditPrices = amount === undefined ? others : { ...others, [metered]: amount };
      const wanted = {
        ...settings,
        ...(broker === undefined ? {} : { broker }),
        ...(Object.keys(prices).length === 0 ? {} : { creditPrices: prices }),
      };
      return configureAccount(image, { settings: wanted, ...by(options) }, { brokers: new Set() });
    });
    return {
      json: { command, price: amount ?? 'off' },
      text: `${command} costs ${amount === undefined ? 'nothing' : `${amount} credits`}.\n`,
    };
  });
}

/** `bellwether credits show ACCOUNT` */
export async function runCreditsShow(id: string, options: ShowOptions): Promise<void> {
  const limit = wholeNumber('--limit', options.limit, 0, 1_000);
  await answer('credits', options, async (firestore) => {
    const account = await findAccount(firestore, id);
    const balance = await balanceOf(firestore, account);
    const { uid, accountId } = account;
    const transactions = await latestOfAccount<CreditTransactionDocument>(
      firestore,
      paths.creditTransactions(uid),
      { accountId, version: balance.version ?? 0, limit },
    );
    const rows = transactions.map((each) => ({ ...each, changedAt: new Date(each.changedAt).toISOString() }));
    return {
      json: { ...balance, transactions },
      text: `${inWords(balance)}${rows.length === 0 ? '' : csvOf(columns, rows)}`,
    };
  });
}

/** Commits by Firestore alone, and once by its key: executors follow, and the event is published from the outbox. */
async function commit(
  firestore: StoreFirestore,
  account: AccountRef,
  request: { readonly name: string; readonly key: string },
  decide: Decide,
): Promise<void> {
  const logger = createLogger({ service: 'cli', level: 'silent' });
  const store = new AccountStore({ firestore, clock: systemClock, ids: systemIds, logger, shards: 1 });
  for (;;) {
    const outcome = await store.commit<Refusal>(account, {
      cause: { kind: 'command', name: request.name, key: request.key },
      traceparent: newTraceParent(systemIds.hex),
      requestHash: hashRequest({ ...account, ...request }),
      decide: (image, isOpen) => {
        const decided = isOpen ? decide(image) : refuse({ reason: 'NO_ACCOUNT' });
        return decided.ok ? { events: decided.value } : { refusal: decided.refusal };
      },
    });
    switch (outcome.status) {
      case 'committed':
      case 'repeated':
      case 'unchanged':
        return;
      case 'refused': {
        const { reason, ...detail } = outcome.refusal;
        const words = Object.entries(detail).map(([name, value]) => `${name}: ${String(value)}`);
        const refused = refusalText({ reason, detail: words.join(', ') }, account);
        throw new InputError(`${account.accountId}: ${refused}`);
      }
      case 'keyReused':
        throw new InputError(`--key: ${request.key} is the key of something else`);
      case 'contended':
    }
  }
}

type Balance = CreditsBalanceDocument['accounts'][string];
type Amounts = Pick<Balance, 'available' | 'reserved'>;

async function balanceOf(
  firestore: Firestore,
  { uid, accountId }: AccountRef,
): Promise<Partial<Balance> & Amounts> {
  const document = readDocument<CreditsBalanceDocument>(await firestore.doc(paths.creditsBalance(uid)).get());
  return document?.accounts[accountId] ?? { available: '0', reserved: '0' };
}

function inWords({ available, reserved }: Amounts): string {
  return `${available} credits are available, ${reserved} are reserved.\n`;
}

function by({ actor = loginActor(), reason }: GrantOptions): {
  actor: string;
  reason: string;
} {
  return { actor, reason };
}

function meteredOf(command: string): MeteredCommand {
  const found = meteredCommands.find((each) => each === command);
  if (found === undefined)
    throw new InputError(`${command}: only these commands may have a price: ${meteredCommands.join(', ')}`);
  return found;
}

const Grant = GrantCredits.pick({ key: true, actor: true, reason: true, amount: true });
const Price = Grant.omit({ amount: true }).extend({ price: Amount.exactOptional() });

/** As the command would be, had an executor been asked. @throws InputError that names each field and what is wrong with it. */
function check(schema: z.ZodType, asked: object): void {
  const parsed = schema.safeParse(asked);
  if (!parsed.success) throw new InputError(problemsOf(parsed.error));
}
