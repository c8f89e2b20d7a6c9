import type { Received } from '@bellwether/bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { NotifyDeadLetter } from './notify-dead-letter.ts';

@Controller()
export class DeadLetterController {
  constructor(private readonly notify: NotifyDeadLetter) {}

  /** What it holds is not read: it may be anything. */
  @EventPattern('dead-letter')
  async handle(@Payload() received: Received): Promise<void> {
    await this.notify.handle(received);
  }
}
