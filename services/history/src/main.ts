import 'reflect-metadata';
import { runMain } from '@bellwether/observability';
import { startHistory } from './start-history.ts';

await runMain('history', startHistory);
