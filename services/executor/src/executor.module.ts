import { type DynamicModule, Module } from '@nestjs/common';
import { CommandController } from './commands/command.controller.ts';
import { HandleCommand } from './commands/handle-command.ts';
import { Shards } from './shards/shards.ts';
import { FrameController } from './ticks/frame.controller.ts';

@Module({})
export class ExecutorModule {
  /** The handlers are plain classes, built by `startExecutor`. */
  static with(commands: HandleCommand, shards: Shards): DynamicModule {
    return {
      module: ExecutorModule,
      controllers: [FrameController, CommandController],
      providers: [
        { provide: HandleCommand, useValue: commands },
        { provide: Shards, useValue: shards },
      ],
    };
  }
}
