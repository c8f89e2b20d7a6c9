import { type Received, parseMessage } from '@bellwether/bus';
import { Commit, Marks, isOtherThanCommit } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Pulse } from './pulse.ts';

@Controller()
export class PulseController {
  constructor(private readonly pulse: Pulse) {}

  /** Passes over what is not a commit of an account. */
  @EventPattern('commit')
  async commit(@Payload() received: Received): Promise<void> {
    if (isOtherThanCommit(received.attributes)) return;
    await this.pulse.follow(parseMessage(received, Commit, 'commit'));
  }

  @EventPattern('marks')
  marks(@Payload() received: Received): void {
    this.pulse.note(parseMessage(received, Marks, 'set of marks'));
  }
}
