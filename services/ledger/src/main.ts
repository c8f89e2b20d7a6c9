import 'reflect-metadata';
import { runMain } from '@bellwether/observability';
import { startLedger } from './start-ledger.ts';

await runMain('ledger', startLedger);
