import { type Command, Option } from 'commander';
import { dataDirOption, jsonOption } from '../options.ts';
import type { ExportOptions } from './export-command.ts';
import type { ImportOptions } from './import-command.ts';
import type { MarketsOptions } from './markets-command.ts';
import type { CandlesOptions, TicksOptions } from './read-command.ts';

export function declareHistory(program: Command): void {
  const history = program
    .command('history')
    .description(
      'reads and writes the ticks that BigQuery holds, of a running system or of a data directory',
    );
  const historyCommand = (name: string, description: string): Command =>
    history.command(name).description(description).addOption(dataDirOption());

  historyCommand('markets', 'of which symbols and venues there are ticks, and how many')
    .option(
      '--from <when>',
      'a day (UTC), a time with its zone, or epoch milliseconds; a day ago unless given',
    )
    .option('--to <when>', 'the same; it is not included; now unless given')
    .addOption(jsonOption())
    .action(async (options: MarketsOptions) => (await import('./markets-command.ts')).runMarkets(options));

  selecting(
    historyCommand('candles', 'open, high, low, close, volume, vwap and count of every interval with ticks'),
    ['trade', 'quote', 'mark'],
  )
    .requiredOption(
      '--interval <length>',
      '1s, 5s, 15s, 30s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 12h or 1d',
    )
    .option('--json', 'one JSON object a line')
    .option('--csv', 'CSV with a header')
    .addHelpText(
      'after',
      '\nCandles are whole, and begin with the UTC day. Of quotes the middle of bid and\nask counts.',
    )
    .action(async (options: CandlesOptions) => (await import('./read-command.ts')).runCandles(options));

  selecting(historyCommand('ticks', 'the ticks themselves, in order of time'), ['trade', 'quote', 'mark'])
    .option('--json', 'one JSON object a line')
    .option('--csv', 'CSV with a header')
    .action(async (options: TicksOptions) => (await import('./read-command.ts')).runTicks(options));

  selecting(
    historyCommand('export <file.csv.gz>', 'writes ticks as a tape, which replays play and imports take'),
    ['trade', 'quote'],
  ).action(async (file: string, options: ExportOptions) =>
    (await import('./export-command.ts')).runHistoryExport(file, options),
  );

  historyCommand(
    'import <tapes...>',
    'writes recorded tapes to BigQuery; one that is there before adds nothing',
  )
    .addOption(jsonOption())
    .action(async (tapes: string[], options: ImportOptions) =>
      (await import('./import-command.ts')).runHistoryImport(tapes, options),
    );
}

function selecting(command: Command, kinds: readonly string[]): Command {
  return command
    .requiredOption('--symbol <symbol>', 'whose ticks: `history markets` tells of which there are')
    .requiredOption('--venue <venue>', 'where it is traded; "demo" in the demo of npm start')
    .addOption(new Option('--kind <kind>', 'which ticks of it').choices(kinds).default('trade'))
    .requiredOption('--from <when>', 'a day (UTC), a time with its zone, or epoch milliseconds')
    .requiredOption('--to <when>', 'the same; it is not included');
}
