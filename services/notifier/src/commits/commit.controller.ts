import { type Received, parseMessage } from '@bellwether/bus';
import { Commit, isOtherThanCommit } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { NotifyCommit } from './notify-commit.ts';

@Controller()
export class CommitController {
  constructor(private readonly notify: NotifyCommit) {}

  /** Passes over what is not a commit of an account. Resolves, and so acknowledges the message, when its deliveries are sent or dead. */
  @EventPattern('commit')
  async handle(@Payload() received: Received): Promise<void> {
    if (isOtherThanCommit(received.attributes)) return;
    await this.notify.handle(parseMessage(received, Commit, 'commit'), received.publishedAt);
  }
}
