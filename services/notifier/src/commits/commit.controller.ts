import { type Received, parseMessage } from '@bellwether/bus';
import { Commit, ScopeCommit, isOtherThanCommit, scopeMessageType } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { NotifyScope } from '../scopes/notify-scope.ts';
import { NotifyCommit } from './notify-commit.ts';

@Controller()
export class CommitController {
  constructor(
    private readonly notify: NotifyCommit,
    private readonly notifyScope: NotifyScope,
  ) {}

  /** Passes over what is no commit. Resolves, and so acknowledges the message, when its deliveries are over or left to their documents. */
  @EventPattern('commit')
  async handle(@Payload() received: Received): Promise<void> {
    if (received.attributes['ce-type'] === scopeMessageType) {
      await this.notifyScope.handle(
        parseMessage(received, ScopeCommit, 'scope commit'),
        received.publishedAt,
      );
      return;
    }
    if (isOtherThanCommit(received.attributes)) return;
    await this.notify.handle(parseMessage(received, Commit, 'commit'), received.publishedAt);
  }
}
