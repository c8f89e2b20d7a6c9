import { type Received, parseMessage } from '@bellwether/bus';
import { Commit, isOtherThanCommit } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { EventArchive } from './event-archive.ts';

@Controller()
export class CommitController {
  constructor(private readonly archive: EventArchive) {}

  /** Passes over what is not a commit of an account. Resolves, and so acknowledges the commit, when its events are in BigQuery. */
  @EventPattern('commit')
  async handle(@Payload() received: Received): Promise<void> {
    if (isOtherThanCommit(received.attributes)) return;
    await this.archive.append(parseMessage(received, Commit, 'commit'), received.publishedAt);
  }
}
