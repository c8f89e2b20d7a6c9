import { Backtest } from '@bellwether/executor';
import { createLogger } from '@bellwether/observability';
import { type OrdersFile, submitOrders } from './submit-orders.ts';

/**
 * Asks in memory for everything that the file asks for: what would be refused is told before anything is started.
 *
 * @throws InputError that names the entry and the reason.
 */
export async function checkOrders(
  file: OrdersFile,
  sourceOf: Parameters<typeof submitOrders>[2],
): Promise<void> {
  const backtest = new Backtest({ shards: 1, logger: createLogger({ service: 'check', level: 'silent' }) });
  await submitOrders(async (command) => backtest.handle(command), file, sourceOf);
}
