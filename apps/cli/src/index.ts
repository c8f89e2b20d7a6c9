export { type Orders, readOrders } from './replay/orders.ts';
export type { Execution, ReplayReport } from './replay/report.ts';
export { type ReplayOptions, runReplay } from './replay/run-replay.ts';
