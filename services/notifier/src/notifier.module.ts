import { type DynamicModule, Module } from '@nestjs/common';
import { CommitController } from './commits/commit.controller.ts';
import { NotifyCommit } from './commits/notify-commit.ts';

@Module({})
export class NotifierModule {
  /** The handler is a plain object, built by `startNotifier`. */
  static with(notify: NotifyCommit): DynamicModule {
    return {
      module: NotifierModule,
      controllers: [CommitController],
      providers: [{ provide: NotifyCommit, useValue: notify }],
    };
  }
}
