import type { Command } from 'commander';
import { dataDirOption, jsonOption } from '../options.ts';
import type { AnswerOptions } from '../stored/answer.ts';
import type { ArchiveRunOptions } from './archive-command.ts';

export function declareArchive(program: Command): void {
  const archive = program
    .command('archive')
    .description(
      'positions that were closed long ago and their trades, in files: ARCHIVE_DIR, ARCHIVE_BUCKET or the data directory',
    );
  const onArchive = (name: string, description: string): Command =>
    archive
      .command(name)
      .description(description)
      .option('--tenant <id>', 'of this tenant alone')
      .addOption(dataDirOption())
      .addOption(jsonOption());

  onArchive(
    'run',
    'moves what is old into files, reads those back, and deletes then; goes on where another run ended',
  )
    .option('--older-than <days>', 'how long ago positions were closed', '30')
    .action(async (options: ArchiveRunOptions) => (await import('./archive-command.ts')).runArchive(options));

  onArchive('list', 'what is archived').action(async (options: AnswerOptions) =>
    (await import('./archive-command.ts')).runArchiveList(options),
  );

  onArchive('verify', 'reads every file back, and holds it against its hash, counts and sums').action(
    async (options: AnswerOptions) => (await import('./archive-command.ts')).runArchiveVerify(options),
  );
}
