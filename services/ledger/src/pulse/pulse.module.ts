import { type DynamicModule, Module } from '@nestjs/common';
import { PulseController } from './pulse.controller.ts';
import { Pulse } from './pulse.ts';

@Module({})
export class PulseModule {
  /** The pulse is a plain object, built by `startPulse`. */
  static with(pulse: Pulse): DynamicModule {
    return {
      module: PulseModule,
      controllers: [PulseController],
      providers: [{ provide: Pulse, useValue: pulse }],
    };
  }
}
