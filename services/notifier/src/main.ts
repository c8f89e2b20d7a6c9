import 'reflect-metadata';
import { runMain } from '@bellwether/observability';
import { startNotifier } from './start-notifier.ts';

await runMain('notifier', startNotifier);
