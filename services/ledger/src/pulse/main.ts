import 'reflect-metadata';
import { runMain } from '@bellwether/observability';
import { startPulse } from './start-pulse.ts';

await runMain('pulse', startPulse);
