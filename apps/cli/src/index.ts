export type { Orders } from './replay/orders-schema.ts';
export { readOrders } from './replay/orders.ts';
export type { Execution } from './replay/executions.ts';
export type { ReplayReport, ReplayedExecution } from './replay/report.ts';
export { type ReplayOptions, runReplay } from './replay/run-replay.ts';
