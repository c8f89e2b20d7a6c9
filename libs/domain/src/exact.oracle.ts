/** A fraction, for oracles: exact, slow, and nothing of `units.ts`. */
export class Exact {
  private readonly over: bigint;
  private readonly under: bigint;

  private constructor(over: bigint, under: bigint) {
    const shared = under < 0n ? -common(over, under) : common(over, under);
    this.over = over / shared;
    this.under = under / shared;
  }

  /** @param value decimal text or a whole number. */
  static of(value: string | number | bigint): Exact {
    const [whole = '0', fraction = ''] = String(value).split('.');
    return new Exact(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
  }

  plus(other: Exact): Exact {
    return new Exact(this.over * other.under + other.over * this.under, this.under * other.under);
  }

  minus(other: Exact): Exact {
    return this.plus(other.times(-1));
  }

  times(other: Exact | string | number): Exact {
    const by = other instanceof Exact ? other : Exact.of(other);
    return new Exact(this.over * by.over, this.under * by.under);
  }

  dividedBy(other: Exact): Exact {
    return new Exact(this.over * other.under, this.under * other.over);
  }

  /** Below zero, zero or above it, as this is less, the same or more. */
  against(other: Exact | string | number): number {
    const { over } = other instanceof Exact ? this.minus(other) : this.minus(Exact.of(other));
    return over < 0n ? -1 : over > 0n ? 1 : 0;
  }

  get size(): Exact {
    return this.over < 0n ? this.times(-1) : this;
  }

  /** The multiple of `step` below, above, or nearest: of two as near, the even one. */
  to(step: Exact, way: 'down' | 'up' | 'even'): Exact {
    const { over, under } = this.dividedBy(step);
    const below = over % under < 0n ? over / under - 1n : over / under;
    const twice = (over - below * under) * 2n;
    const isUp =
      way === 'up' ? twice > 0n : way === 'even' && (twice > under || (twice === under && below % 2n !== 0n));
    return step.times(new Exact(isUp ? below + 1n : below, 1n));
  }

  /** With so many digits after the point. */
  digits(count: number, way: 'down' | 'up' | 'even'): Exact {
    return this.to(new Exact(1n, 10n ** BigInt(count)), way);
  }

  /** The shortest decimal text. A fraction that has none is an error of the oracle. */
  toString(): string {
    for (let scale = 0n; scale < 200n; scale += 1n) {
      if ((this.over * 10n ** scale) % this.under !== 0n) continue;
      const units = String((this.size.over * 10n ** scale) / this.under).padStart(Number(scale) + 1, '0');
      const point = units.length - Number(scale);
      const sign = this.over < 0n ? '-' : '';
      return `${sign}${units.slice(0, point)}${scale === 0n ? '' : `.${units.slice(point)}`}`;
    }
    throw new Error(`no decimal: ${this.over} / ${this.under}`);
  }
}

function common(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y > 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
