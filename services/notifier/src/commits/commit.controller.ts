import { type Received, parseMessage } from '@bellwether/bus';
import { Commit } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { NotifyCommit } from './notify-commit.ts';

@Controller()
export class CommitController {
  constructor(private readonly notify: NotifyCommit) {}

  /** Resolves, and so acknowledges the message, when its deliveries are sent or dead. */
  @EventPattern('commit')
  async handle(@Payload() received: Received): Promise<void> {
    await this.notify.handle(parseMessage(received, Commit, 'commit'), received.publishedAt);
  }
}
