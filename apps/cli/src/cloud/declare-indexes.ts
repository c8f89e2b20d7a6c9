import type { Command } from 'commander';
import type { IndexesOptions } from './indexes-command.ts';

export function declareIndexes(program: Command): void {
  program
    .command('indexes')
    .description(
      'lists what the Firestore queries of a running local cloud lacked, as firestore.indexes.json takes it',
    )
    .option('--ops <url>', 'where its ops server listens; CLOUD_OPS_URL unless given, else that of npm start')
    .option('--json', 'prints the entries alone, on one line')
    .action(async (options: IndexesOptions) => (await import('./indexes-command.ts')).runIndexes(options));
}
