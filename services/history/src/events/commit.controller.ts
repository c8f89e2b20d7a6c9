import { type Received, parseMessage } from '@bellwether/bus';
import { Commit, ScopeCommit, isOtherThanCommit, scopeMessageType } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { EventArchive } from './event-archive.ts';

@Controller()
export class CommitController {
  constructor(private readonly archive: EventArchive) {}

  /** Passes over what is no commit, of an account or a scope. Resolves, and so acknowledges the commit, when its events are in BigQuery. */
  @EventPattern('commit')
  async handle(@Payload() received: Received): Promise<void> {
    const { attributes, publishedAt } = received;
    if (attributes['ce-type'] === scopeMessageType) {
      await this.archive.append(parseMessage(received, ScopeCommit, 'scope commit'), publishedAt);
      return;
    }
    if (isOtherThanCommit(attributes)) return;
    await this.archive.append(parseMessage(received, Commit, 'commit'), publishedAt);
  }
}
