import { unopenedAccount } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { movesValue } from '../account/value-events.ts';
import type { PositionTerms } from '../position/position.ts';
import { closingValue } from '../position/value-position.ts';
import { type Decimal, type Money, add, decimal, negate, zero } from '../units.ts';

/** What is open of a position. Amounts are decimal text. */
export type Holding = Pick<
  PositionTerms,
  'id' | 'symbol' | 'side' | 'contract' | 'quantity' | 'entryPrice'
> & {
  /** The journal sequence that it is told of up to. */
  readonly version: number;
};

/** What moved in an account's holdings. */
export interface HoldingsChange {
  /** Positions that were opened, resized or closed. */
  readonly positionIds: ReadonlySet<string>;
  /** What came from outside, or went there (negative): money, and adopted positions at their entry. */
  readonly deposits: readonly { readonly currency: string; readonly amount: Money }[];
  /** The account was opened or reset, or is counted in another currency: nothing is comparable with what was before. */
  readonly isAnew: boolean;
}

/**
 * What of an account has worth: its cash and what is open. It follows the account's events as `evolve` does, as far
 * as they change that, and changes in place.
 */
export class Holdings {
  /** In which the account is counted. */
  currency: string;
  readonly positions: Map<string, Holding>;
  #cash: Map<string, Decimal>;

  constructor(start: {
    readonly currency: string;
    readonly cash: Readonly<Record<string, string>>;
    readonly positions: Iterable<Holding>;
  }) {
    this.currency = start.currency;
    this.#cash = decimalsOf(start.cash);
    this.positions = new Map([...start.positions].map((holding) => [holding.id, holding]));
  }

  /** Of an account about which the journal says nothing yet. */
  static unopened(): Holdings {
    const { settings, cash } = unopenedAccount('', '', '');
    return new Holdings({ currency: settings.currency, cash, positions: [] });
  }

  get cash(): ReadonlyMap<string, Money> {
    return this.#cash;
  }

  /**
   * Takes the events of a commit. Those about a position that is told of further already leave it as it stands.
   *
   * @param seq the commit's.
   */
  apply(seq: number, events: readonly AccountEvent[]): HoldingsChange {
    const positionIds = new Set<string>();
    const deposits: { currency: string; amount: Money }[] = [];
    let isAnew = false;
    for (const event of events.filter(movesValue))
      switch (event.type) {
        case 'AccountOpened': {
          const { currency, cash, positions } = Holdings.unopened();
          this.currency = currency;
          this.#cash = new Map(cash);
          for (const id of this.positions.keys()) positionIds.add(id);
          this.positions.clear();
          for (const [id, holding] of positions) this.positions.set(id, holding);
          isAnew = true;
          break;
        }
        case 'AccountConfigured':
          isAnew ||= this.currency !== event.settings.currency;
          this.currency = event.settings.currency;
          break;
        case 'FundsDeposited':
        case 'DepositReversed': {
          const amount = decimal(event.amount);
          this.#move(event.currency, amount);
          deposits.push({ currency: event.currency, amount });
          break;
        }
        case 'ShadowReset':
          this.#cash = decimalsOf(event.cash);
          isAnew = true;
          break;
        case 'OrderFilled':
          this.#move(event.currency, decimal(event.proceeds));
          this.#move(event.feeCurrency, negate(decimal(event.fee)));
          break;
        case 'FundingSettled':
          this.#move(event.currency, decimal(event.amount));
          break;
        case 'PositionAdopted':
        case 'PositionOpened': {
          const { id, symbol, side, contract, quantity, entryPrice } = event.position;
          if ((this.positions.get(id)?.version ?? 0) >= seq && !positionIds.has(id)) break;
          this.positions.set(id, { id, symbol, side, contract, quantity, entryPrice, version: seq });
          if (event.type === 'PositionAdopted') {
            const amount = closingValue(event.position, decimal(entryPrice));
            deposits.push({ currency: contract.currency, amount });
          }
          positionIds.add(id);
          break;
        }
        case 'PositionIncreased':
        case 'PositionReduced':
        case 'PositionClosed': {
          const { positionId } = event;
          const held = this.positions.get(positionId);
          if (held === undefined || (held.version >= seq && !positionIds.has(positionId))) break;
          if (event.type === 'PositionClosed') this.positions.delete(positionId);
          else
            this.positions.set(positionId, {
              ...held,
              version: seq,
              ...(event.type === 'PositionIncreased'
                ? { quantity: event.newQuantity, entryPrice: event.entryPrice }
                : { quantity: event.remaining }),
            });
          positionIds.add(positionId);
          break;
        }
      }
    return { positionIds, deposits, isAnew };
  }

  #move(currency: string, amount: Money): void {
    this.#cash.set(currency, add(this.#cash.get(currency) ?? zero, amount));
  }
}

function decimalsOf(amounts: Readonly<Record<string, string>>): Map<string, Decimal> {
  return new Map(Object.entries(amounts).map(([currency, amount]) => [currency, decimal(amount)]));
}
