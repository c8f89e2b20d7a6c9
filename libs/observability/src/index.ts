export { createLogger } from './logger.ts';
export type { Logger, LoggerOptions } from './logger.ts';
export { runMain } from './run-main.ts';
export type { RunningService } from './run-main.ts';
export { systemClock, systemIds } from './system.ts';
