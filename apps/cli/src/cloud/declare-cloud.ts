import { type Command, Option } from 'commander';
import type { CloudCommandOptions } from './run-cloud.ts';
import type { StateOptions } from './state-command.ts';

export function declareCloud(program: Command): void {
  const cloud = program
    .command('cloud')
    .description('runs the local cloud alone and prints one JSON line when it is ready')
    .addOption(port('--pubsub-port <port>', 'Pub/Sub (gRPC and REST)'))
    .addOption(port('--firestore-port <port>', 'Firestore (gRPC and REST)'))
    .addOption(port('--bigquery-port <port>', 'BigQuery and Cloud Storage (HTTP)'))
    .addOption(port('--bigquery-storage-port <port>', "BigQuery's Storage Write API (gRPC)"))
    .addOption(port('--discord-port <port>', 'the Discord sink (HTTP)'))
    .addOption(port('--ops-port <port>', 'statistics, faults and requests (HTTP)'))
    .option('--data-dir <dir>', 'keeps what it acknowledged here; without it everything is in memory')
    .option(
      '--indexes <file|off>',
      'a firestore.indexes.json: queries without their index are refused, as in production; off, as without it, ' +
        'answers them all',
    )
    .addOption(
      new Option(
        '--bigquery-new-table-ms <ms>',
        'BigQuery does not find a table to stream into before it is this old, as in production',
      ).default('0'),
    )
    .option('--no-discord-limits', 'the Discord sink never answers 429')
    .option('--project <id>', 'the project of requests that name none', 'bellwether-local')
    .addHelpText(
      'after',
      `
The line that says ready holds under "environment" what a process needs so that
Google's clients, unchanged, find the cloud: PUBSUB_EMULATOR_HOST,
FIRESTORE_EMULATOR_HOST, BIGQUERY_EMULATOR_HOST, STORAGE_EMULATOR_HOST and others.
SIGINT and SIGTERM stop it.`,
    )
    .action(async (options: CloudCommandOptions) => (await import('./run-cloud.ts')).runCloud(options));

  cloud
    .command('export <file>')
    .usage('--data-dir <dir> <file>')
    .description('writes all that a stopped local cloud keeps into one file')
    .action(async (file: string, _: object, command: Command) =>
      (await import('./state-command.ts')).runExport(file, command.optsWithGlobals<StateOptions>()),
    );

  cloud
    .command('import <file>')
    .usage('--data-dir <dir> <file>')
    .description('makes a new data directory of an exported file')
    .action(async (file: string, _: object, command: Command) =>
      (await import('./state-command.ts')).runImport(file, command.optsWithGlobals<StateOptions>()),
    );
}

function port(flags: string, what: string): Option {
  return new Option(flags, `port of ${what} on 127.0.0.1; 0 takes any free one`).default('0');
}
