import type { Command } from 'commander';
import { collect } from '../collect.ts';
import { usualDataDir } from '../stored/usual-data-dir.ts';
import type { StartOptions } from './run-start.ts';

export function declareStart(program: Command): void {
  program
    .command('start')
    .description('runs everything on this machine: local cloud, all services, a demo market, a live view')
    .option(
      '--tape <file>',
      'a market (.csv.gz) to play instead of the demo tape; may be given again',
      collect,
    )
    .option('--speed <n>', 'how many times as fast as the tape', '1')
    .option('--data-dir <dir>', 'where everything is kept', usualDataDir)
    .option('--fresh', 'forgets what an earlier run stored in the data directory')
    .option('--no-demo', 'adds no demo users and positions')
    .option('--split', 'runs each service as a process of its own')
    .option(
      '--operations-port <port>',
      'where /livez, /readyz and /metrics answer on 127.0.0.1, with --split on the six ports after it; 0 takes any free one, "off" none',
      '9464',
    )
    .action(async (options: StartOptions) => (await import('./run-start.ts')).runStart(options));
}
