import { mainAccount } from '@bellwether/contracts';
import type { Line } from '@bellwether/domain';
import { type Fired, watching } from '@bellwether/executor';

/** As a document or a commit tells a book of it. */
export type Exit = Fired['subject'];

const accounts = 10_000;

/** The stop of a long position of one of ten thousand accounts, at a level in cents. */
export function exitOf(index: number, level: number, version = 1): Exit {
  const account = mainAccount('acme', `u${textOf(index % accounts)}`);
  const line: Line = {
    kind: 'fixed',
    reason: 'stopLoss',
    series: 'trade',
    fires: 'atOrBelow',
    price: { units: BigInt(level), scale: 2 },
  };
  const subject = {
    account,
    kind: 'position',
    id: `p${textOf(index)}`,
    symbol: 'BTC-USDT',
    version,
  } as const;
  return watching(subject, [{ id: 'stop', armedFrom: { at: 0 }, line }]);
}

/** Of small numbers, whose texts V8 remembers: those of many would be more to collect than what a book does. */
function textOf(index: number): string {
  return `${Math.floor(index / 1_000)}-${index % 1_000}`;
}
