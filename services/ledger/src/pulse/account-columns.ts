/** What every account comes to as of the last pulse: a column for each number, an entry for each account. */
export class AccountColumns {
  pnl = column();
  equity = column();
  exposure = column();
  drawdown = column();
  /** The highest equity that was seen; no number before the first. */
  peak = column();
  cash = column();
  /** What is open was entered at, negative where it was sold. */
  cost = column();
  /** Of both, what is in the account's own currency. */
  ownCash = column();
  ownCost = column();

  /** Makes room for an account of that index, of which nothing is known yet. */
  admit(index: number): void {
    if (index >= this.pnl.length) {
      this.pnl = longer(this.pnl);
      this.equity = longer(this.equity);
      this.exposure = longer(this.exposure);
      this.drawdown = longer(this.drawdown);
      this.peak = longer(this.peak);
      this.cash = longer(this.cash);
      this.cost = longer(this.cost);
      this.ownCash = longer(this.ownCash);
      this.ownCost = longer(this.ownCost);
    }
    this.peak[index] = Number.NaN;
  }
}

function column(): Float64Array<ArrayBuffer> {
  return new Float64Array(1024);
}

function longer(before: Float64Array): Float64Array<ArrayBuffer> {
  const after = new Float64Array(before.length * 2);
  after.set(before);
  return after;
}
