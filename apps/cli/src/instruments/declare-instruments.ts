import type { Command } from 'commander';
import { dataDirOption, jsonOption } from '../options.ts';
import type { InstrumentsOptions } from './instruments-command.ts';

export function declareInstruments(program: Command): void {
  const instruments = program
    .command('instruments')
    .description('what may be traded, and in which steps: contract, tick size, lot size, least notional');

  instruments
    .command('list', { isDefault: true })
    .description('every symbol that is described')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(async (options: InstrumentsOptions) =>
      (await import('./instruments-command.ts')).runInstrumentsList(options),
    );

  instruments
    .command('set <file.json>')
    .description('describes the symbols of a JSON list; what it says of others stays')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The file ("-" reads stdin) holds a JSON list; the steps may be left out:

  [{"symbol": "BTC-USDT", "contract": {"kind": "linear", "multiplier": "1", "currency": "USDT"},
    "quoteCurrency": "USDT", "tickSize": "0.01", "lotSize": "0.0001", "minNotional": "5",
    "isPerpetual": false}]

"kind" is "linear" or "inverse", "currency" what profit and loss are in.`,
    )
    .action(async (file: string, options: InstrumentsOptions) =>
      (await import('./instruments-command.ts')).runInstrumentsSet(file, options),
    );
}
