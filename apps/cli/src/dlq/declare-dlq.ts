import type { Command } from 'commander';
import { collect } from '../collect.ts';
import { actorOption, dataDirOption, jsonOption } from '../options.ts';
import type { AnswerOptions } from '../stored/answer.ts';
import type { DlqDiscardOptions, DlqEditOptions, DlqListOptions, DlqRetryOptions } from './dlq-command.ts';

export function declareDlq(program: Command): void {
  const dlq = program
    .command('dlq')
    .description(
      'alerts that no channel took, and messages that nobody could process; nothing of it disappears',
    );

  deadLetters(dlq.command('list', { isDefault: true }).description('what is dead, the latest first'))
    .option('--cause <text>', 'of this cause alone, as `dlq groups` words it')
    .option('--acted', 'also messages that somebody has retried or discarded')
    .option('--limit <n>', 'the most of them', '50')
    .action(async (options: DlqListOptions) => (await import('./dlq-command.ts')).runDlqList(options));

  deadLetters(dlq.command('groups').description('how many are dead of each cause, the most first')).action(
    async (options: AnswerOptions) => (await import('./dlq-command.ts')).runDlqGroups(options),
  );

  deadLetters(
    dlq.command('show <id>').description('all that is known of a dead letter, and what was done to it'),
  ).action(async (id: string, options: AnswerOptions) =>
    (await import('./dlq-command.ts')).runDlqShow(id, options),
  );

  chosen(dlq.command('retry [ids...]').description('tells alerts, and publishes messages, once more'))
    .option('--again', 'also an alert that was sent, which then is marked as a possible repeat')
    .action(async (ids: string[], options: DlqRetryOptions) =>
      (await import('./dlq-command.ts')).runDlqRetry(ids, options),
    );

  deadLetters(
    dlq.command('edit <id>').description('changes a dead letter and retries it; what it was is kept'),
  )
    .option('--channel <id>', 'of an alert: the channel that is told instead')
    .option('--data <file>', 'of a message: what is published instead')
    .option('--attribute <name=value>', 'of a message: another attribute; may be given again', collect)
    .addOption(actorOption())
    .action(async (id: string, options: DlqEditOptions) =>
      (await import('./dlq-command.ts')).runDlqEdit(id, options),
    );

  chosen(
    dlq.command('discard [ids...]').description('lists dead letters no more; they are kept, with the reason'),
  )
    .requiredOption('--reason <text>', 'why; stored with it')
    .action(async (ids: string[], options: DlqDiscardOptions) =>
      (await import('./dlq-command.ts')).runDlqDiscard(ids, options),
    );
}

function deadLetters(command: Command): Command {
  return command
    .option('--tenant <id>', 'the alerts of this tenant alone')
    .addOption(dataDirOption())
    .addOption(jsonOption());
}

function chosen(command: Command): Command {
  return deadLetters(command)
    .option('--cause <text>', 'all of this cause, as `dlq groups` words it')
    .option('--all', 'all of them')
    .addOption(actorOption());
}
