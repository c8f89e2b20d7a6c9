import { type DynamicModule, Module } from '@nestjs/common';
import { CommitController } from './commits/commit.controller.ts';
import { NotifyCommit } from './commits/notify-commit.ts';
import { DeadLetterController } from './dead-letters/dead-letter.controller.ts';
import { NotifyDeadLetter } from './dead-letters/notify-dead-letter.ts';
import { NotifyScope } from './scopes/notify-scope.ts';

@Module({})
export class NotifierModule {
  /** The handlers are plain objects, built by `startNotifier`. */
  static with(
    notify: NotifyCommit,
    notifyScope: NotifyScope,
    notifyDeadLetter: NotifyDeadLetter,
  ): DynamicModule {
    return {
      module: NotifierModule,
      controllers: [CommitController, DeadLetterController],
      providers: [
        { provide: NotifyCommit, useValue: notify },
        { provide: NotifyScope, useValue: notifyScope },
        { provide: NotifyDeadLetter, useValue: notifyDeadLetter },
      ],
    };
  }
}
