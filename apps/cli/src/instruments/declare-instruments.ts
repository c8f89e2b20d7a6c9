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
    .description(
      'describes the symbols of a JSON list: [{"symbol", "contract": {"kind", "multiplier", "currency"}, ...}]',
    )
    .addOption(dataDirOption())
    .action(async (file: string, options: InstrumentsOptions) =>
      (await import('./instruments-command.ts')).runInstrumentsSet(file, options),
    );
}
