import type { CommandClient } from '@bellwether/bus';
import type { AccountRef, Command } from '@bellwether/contracts';
import {
  type Decimal,
  type ExitsSpec,
  type Ids,
  type PriceSource,
  add,
  decimal,
  defaultSettings,
  floorAt,
  formatDecimal,
  multiply,
} from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoAccounts } from './demo-users.ts';
import type { LiveMark, LiveState } from './live-state.ts';

const wanted = { positionsPerAccount: 3, triggersPerAccount: 1 };
const lookEveryMs = 2_000;
const demoCurrency = 'USDT';
const quantities: Readonly<Record<string, string>> = { BTC: '0.05', ETH: '1.5', SOL: '20', XRP: '1500' };

interface Market {
  readonly symbol: string;
  readonly price: Decimal;
  readonly priceSource: PriceSource;
}

/**
 * Keeps the demo alive: whenever a demo user has too few open positions or armed triggers, adopts a
 * position or arms a trigger around the current price, by ordinary commands.
 */
export class DemoDesk {
  readonly #commands: CommandClient;
  readonly #live: LiveState;
  readonly #ids: Ids;
  readonly #logger: Logger;
  readonly #stopped = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: { commands: CommandClient; live: LiveState; ids: Ids; logger: Logger }) {
    this.#commands = options.commands;
    this.#live = options.live;
    this.#ids = options.ids;
    this.#logger = options.logger;
  }

  /** Opens, resumes and funds the demo accounts, in the currency of the demo market; those of an earlier run are there already. */
  async open(): Promise<void> {
    await Promise.all(
      demoAccounts.map(async (account) => {
        await this.#commands.request({ name: 'OpenAccount', key: 'open', ...account });
        const by = { actor: 'demo', reason: 'demo accounts trade from the start' };
        await this.#commands.request({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
        const settings = { ...defaultSettings, currency: demoCurrency };
        const funds = { currency: demoCurrency, amount: '100000' };
        await this.#commands.request({
          name: 'ConfigureAccount',
          key: 'configure',
          ...account,
          ...by,
          settings,
        });
        await this.#commands.request({ name: 'DepositFunds', key: 'deposit', ...account, ...by, ...funds });
      }),
    );
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        for (const account of demoAccounts) await this.#lookAfter(account);
      } catch (error) {
        this.#logger.warn({ err: error }, 'the demo desk could not place an order');
      }
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #lookAfter(account: AccountRef): Promise<void> {
    const market = this.#pick([...this.#live.marks.values()].flatMap(marketOf));
    if (market === undefined) return;
    const positions = [...this.#live.positions.values()].filter(({ uid }) => uid === account.uid);
    const triggers = [...this.#live.triggers.values()].filter(({ uid }) => uid === account.uid);
    if (positions.length < wanted.positionsPerAccount) await this.#send(this.#adoption(account, market));
    if (triggers.length < wanted.triggersPerAccount) await this.#send(this.#arming(account, market));
  }

  async #send(command: Command): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const reply = await this.#commands.request(command, { timeoutMs: 5_000 });
    if (reply.status === 'refused')
      this.#logger.warn({ command: command.name, reason: reply.reason, detail: reply.detail }, 'refused');
  }

  #adoption(account: AccountRef, { symbol, price, priceSource }: Market): Command {
    const id = `demo-${this.#ids.hex(10)}`;
    const isLong = this.#random() < 0.6;
    const stopShare = 0.001 + this.#random() * 0.003;
    const targetShare = 0.001 + this.#random() * 0.004;
    const exits: ExitsSpec =
      this.#random() < 0.3
        ? { trailing: { distance: share(price, stopShare) } }
        : {
            stopLoss: { price: level(price, isLong ? -stopShare : stopShare) },
            targets: [{ price: level(price, isLong ? targetShare : -targetShare) }],
          };
    const quantity = quantities[symbol.split('-')[0] ?? ''] ?? '1';
    return {
      name: 'AdoptPosition',
      key: id,
      ...account,
      position: {
        id,
        symbol,
        side: isLong ? 'long' : 'short',
        quantity,
        entryPrice: formatDecimal(price),
        priceSource,
        exits,
      },
    };
  }

  #arming(account: AccountRef, { symbol, price, priceSource }: Market): Command {
    const id = `demo-${this.#ids.hex(10)}`;
    const isAbove = this.#random() < 0.5;
    const when = {
      kind: 'price',
      direction: isAbove ? 'above' : 'below',
      price: level(price, (isAbove ? 1 : -1) * (0.001 + this.#random() * 0.003)),
    } as const;
    const trigger = { id, symbol, priceSource, when, action: { kind: 'notify' } } as const;
    return { name: 'ArmTrigger', key: id, ...account, trigger };
  }

  #pick<Value>(values: readonly Value[]): Value | undefined {
    return values[Math.floor(this.#random() * values.length)];
  }

  #random(): number {
    return Number.parseInt(this.#ids.hex(8), 16) / 0x1_0000_0000;
  }
}

/** Where a symbol stands: its last trade, or its bid where it is only quoted. */
function marketOf({ symbol, trade, bid }: LiveMark): Market[] {
  if (trade !== undefined) return [{ symbol, price: decimal(trade), priceSource: 'trade' }];
  return bid === undefined ? [] : [{ symbol, price: decimal(bid), priceSource: 'quote' }];
}

/** The price moved by a share of itself, up or down, at its own number of decimals. */
function level(price: Decimal, by: number): string {
  return rounded(add(price, part(price, by)), price.scale);
}

/** A share of the price, at its own number of decimals and never nothing. */
function share(price: Decimal, by: number): string {
  const text = rounded(part(price, by), price.scale);
  return text === '0' ? formatDecimal({ units: 1n, scale: price.scale }) : text;
}

function part(price: Decimal, by: number): Decimal {
  return multiply(price, { units: BigInt(Math.round(by * 1e6)), scale: 6 });
}

function rounded(amount: Decimal, scale: number): string {
  return formatDecimal({ units: floorAt(amount, scale), scale });
}
