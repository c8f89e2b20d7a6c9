import { invariant } from '../invariant.ts';

/**
 * What every user holds, as columns of numbers, for unrealized P&L that is computed when someone looks and
 * never stored: P&L is the sum of quantity x value - cost.
 *
 * A value is what one unit of a symbol is worth: price x multiplier of a linear contract, -multiplier / price of
 * an inverse one. The cost is quantity x value at entry. Quantities and costs are negative where the user is short,
 * so that several positions in a symbol add up. Doubles: exact enough to be shown, not to be booked.
 */
export class PnlPulse {
  #symbols: Uint16Array;
  #quantities: Float64Array;
  #costs: Float64Array;
  /** What all of a user's holdings cost: it changes with them alone, so a pulse does not add it up. */
  #spent = new Float64Array(1024);
  /** Of each user: where its run begins, how much of it is used, and how much there is room for. */
  #starts = new Uint32Array(1024);
  #counts = new Uint32Array(1024);
  #rooms = new Uint32Array(1024);
  #users = 0;
  #end = 0;
  /** Places in the columns that no run uses any more. */
  #abandoned = 0;

  /** @param places how many holdings there is room for before the columns are copied to larger ones. */
  constructor(places = 1024) {
    this.#symbols = new Uint16Array(places);
    this.#quantities = new Float64Array(places);
    this.#costs = new Float64Array(places);
  }

  /** Users are numbered from 0. */
  get users(): number {
    return this.#users;
  }

  /** How many symbols a user holds. */
  held(user: number): number {
    return user < this.#users ? (this.#counts[user] ?? 0) : 0;
  }

  /**
   * From now on the user holds this much of a symbol, all its positions together; of 0 it holds none.
   *
   * @param symbol its number, below 65,536.
   */
  set(user: number, symbol: number, quantity: number, cost: number): void {
    invariant(symbol >= 0 && symbol < 65_536, `symbol ${symbol} is not below 65,536`);
    this.#admit(user);
    const place = this.#placeOf(user, symbol);
    if (quantity === 0 && cost === 0) {
      if (place !== undefined) this.#remove(user, place);
    } else {
      const at = place ?? this.#append(user);
      this.#symbols[at] = symbol;
      this.#quantities[at] = quantity;
      this.#costs[at] = cost;
    }
    this.#spend(user);
  }

  /** Unrealized P&L of one user. @param values of every symbol, by its number. */
  of(user: number, values: Float64Array): number {
    if (user >= this.#users) return 0;
    const start = this.#starts[user] ?? 0;
    const end = start + (this.#counts[user] ?? 0);
    let worth = 0;
    for (let at = start; at < end; at += 1)
      worth += (this.#quantities[at] ?? 0) * (values[this.#symbols[at] ?? 0] ?? 0);
    return worth - (this.#spent[user] ?? 0);
  }

  /** Unrealized P&L of every user. @param into one number for each user. */
  all(values: Float64Array, into: Float64Array): void {
    // Not a field in the loop: that costs a tenth of the time or more.
    const users = this.#users;
    invariant(into.length >= users, `room for ${into.length} users of ${users}`);
    const starts = this.#starts;
    const counts = this.#counts;
    const symbols = this.#symbols;
    const quantities = this.#quantities;
    const spent = this.#spent;
    for (let user = 0; user < users; user += 1) {
      const start = starts[user] ?? 0;
      const end = start + (counts[user] ?? 0);
      let worth = 0;
      for (let at = start; at < end; at += 1)
        worth += (quantities[at] ?? 0) * (values[symbols[at] ?? 0] ?? 0);
      into[user] = worth - (spent[user] ?? 0);
    }
  }

  /**
   * What every user's holdings are worth, without what they cost: the sum of quantity x value, and of its sizes the exposure.
   * With a value that is no number neither is one.
   *
   * @param into one number of each for each user.
   */
  worth(values: Float64Array, into: { readonly worth: Float64Array; readonly exposure: Float64Array }): void {
    const { worth: worths, exposure: exposures } = into;
    const users = this.#users;
    invariant(worths.length >= users, `room for ${worths.length} users of ${users}`);
    const starts = this.#starts;
    const counts = this.#counts;
    const symbols = this.#symbols;
    const quantities = this.#quantities;
    for (let user = 0; user < users; user += 1) {
      const start = starts[user] ?? 0;
      const end = start + (counts[user] ?? 0);
      let worth = 0;
      let exposure = 0;
      for (let at = start; at < end; at += 1) {
        const value = (quantities[at] ?? 0) * (values[symbols[at] ?? 0] ?? 0);
        worth += value;
        exposure += Math.abs(value);
      }
      worths[user] = worth;
      exposures[user] = exposure;
    }
  }

  /** The symbols that a user holds, by their numbers, in no order that means anything. */
  symbolsOf(user: number): readonly number[] {
    const start = this.#starts[user] ?? 0;
    return [...this.#symbols.subarray(start, start + this.held(user))];
  }

  /** Adds up anew what the user's holdings cost: adding changes would gather what is rounded away. */
  #spend(user: number): void {
    const start = this.#starts[user] ?? 0;
    const end = start + (this.#counts[user] ?? 0);
    let spent = 0;
    for (let at = start; at < end; at += 1) spent += this.#costs[at] ?? 0;
    this.#spent[user] = spent;
  }

  #admit(user: number): void {
    if (user < this.#users) return;
    if (user >= this.#starts.length) {
      const length = Math.max(user + 1, this.#starts.length * 2);
      this.#starts = longer(this.#starts, length);
      this.#counts = longer(this.#counts, length);
      this.#rooms = longer(this.#rooms, length);
      const spent = new Float64Array(length);
      spent.set(this.#spent);
      this.#spent = spent;
    }
    this.#users = user + 1;
  }

  #placeOf(user: number, symbol: number): number | undefined {
    const start = this.#starts[user] ?? 0;
    const end = start + (this.#counts[user] ?? 0);
    for (let at = start; at < end; at += 1) if (this.#symbols[at] === symbol) return at;
    return undefined;
  }

  #remove(user: number, place: number): void {
    const last = (this.#starts[user] ?? 0) + (this.#counts[user] ?? 0) - 1;
    this.#move(last, place);
    this.#counts[user] = (this.#counts[user] ?? 0) - 1;
  }

  #append(user: number): number {
    const count = this.#counts[user] ?? 0;
    if (count === this.#rooms[user]) this.#enlarge(user, Math.max(4, count * 2));
    this.#counts[user] = count + 1;
    return (this.#starts[user] ?? 0) + count;
  }

  /** Gives the user a longer run at the end, where it is not there already. */
  #enlarge(user: number, room: number): void {
    const start = this.#starts[user] ?? 0;
    const before = this.#rooms[user] ?? 0;
    const isLast = before > 0 && start + before === this.#end;
    this.#reserve(isLast ? room - before : room);
    if (isLast) this.#end += room - before;
    else {
      // `reserve` may have moved the run.
      const from = this.#starts[user] ?? 0;
      for (let at = 0; at < (this.#counts[user] ?? 0); at += 1) this.#move(from + at, this.#end + at);
      this.#starts[user] = this.#end;
      this.#end += room;
      this.#abandoned += before;
    }
    this.#rooms[user] = room;
  }

  /** Room for so many more places; what runs have abandoned is taken back first where that is much. */
  #reserve(more: number): void {
    if (this.#end + more <= this.#symbols.length) return;
    const used = this.#end - this.#abandoned;
    const length = used + more <= this.#symbols.length / 2 ? this.#symbols.length : (used + more) * 2;
    const [symbols, quantities, costs] = [this.#symbols, this.#quantities, this.#costs];
    this.#symbols = new Uint16Array(length);
    this.#quantities = new Float64Array(length);
    this.#costs = new Float64Array(length);
    this.#end = 0;
    for (let user = 0; user < this.#users; user += 1) {
      const start = this.#starts[user] ?? 0;
      const end = start + (this.#counts[user] ?? 0);
      this.#symbols.set(symbols.subarray(start, end), this.#end);
      this.#quantities.set(quantities.subarray(start, end), this.#end);
      this.#costs.set(costs.subarray(start, end), this.#end);
      this.#starts[user] = this.#end;
      this.#end += this.#rooms[user] ?? 0;
    }
    this.#abandoned = 0;
  }

  #move(from: number, to: number): void {
    this.#symbols[to] = this.#symbols[from] ?? 0;
    this.#quantities[to] = this.#quantities[from] ?? 0;
    this.#costs[to] = this.#costs[from] ?? 0;
  }
}

function longer(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(length);
  copy.set(column);
  return copy;
}
