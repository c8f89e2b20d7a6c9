import 'reflect-metadata';
import { runMain } from '@bellwether/observability';
import { startExecutor } from './start-executor.ts';

await runMain('executor', startExecutor);
