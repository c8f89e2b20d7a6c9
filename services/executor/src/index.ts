export { startExecutor } from './start-executor.ts';
