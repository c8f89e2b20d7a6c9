import { type Received, parseMessage } from '@bellwether/bus';
import { Commit } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { EventArchive } from './event-archive.ts';

@Controller()
export class CommitController {
  constructor(private readonly archive: EventArchive) {}

  /** Resolves, and so acknowledges the commit, when its events are in BigQuery. */
  @EventPattern('commit')
  async handle(@Payload() received: Received): Promise<void> {
    await this.archive.append(parseMessage(received, Commit, 'commit'), received.publishedAt);
  }
}
