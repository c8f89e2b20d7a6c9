import { decimal, floorAt } from '@bellwether/domain';

interface JsonTick {
  readonly price: string;
  readonly size: string;
  readonly exchangeAt: string;
}

/** Ticks from JSON, their numbers as integers at the scales that the frames have. */
export function ticksOfJson(json: string): { price: number; size: number; at: number }[] {
  const ticks: unknown = JSON.parse(json);
  if (!areTicks(ticks)) throw new Error('no list of ticks');
  return ticks.map(({ price, size, exchangeAt }) => ({
    price: Number(floorAt(decimal(price), 2)),
    size: Number(floorAt(decimal(size), 8)),
    at: Date.parse(exchangeAt),
  }));
}

function areTicks(value: unknown): value is JsonTick[] {
  return Array.isArray(value);
}
