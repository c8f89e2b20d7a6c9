import { type DynamicModule, Module } from '@nestjs/common';
import { CommitController } from './events/commit.controller.ts';
import { EventArchive } from './events/event-archive.ts';
import { FrameController } from './ticks/frame.controller.ts';
import { TickArchive } from './ticks/tick-archive.ts';

@Module({})
export class HistoryModule {
  /** The archives are plain classes, built by `startHistory`. */
  static with(ticks: TickArchive, events: EventArchive): DynamicModule {
    return {
      module: HistoryModule,
      controllers: [FrameController, CommitController],
      providers: [
        { provide: TickArchive, useValue: ticks },
        { provide: EventArchive, useValue: events },
      ],
    };
  }
}
