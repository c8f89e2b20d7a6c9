import { type Received, parseMessage } from '@bellwether/bus';
import { Commit, isOtherThanCommit } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Books } from '../books/books.ts';

@Controller()
export class CommitController {
  constructor(private readonly books: Books) {}

  /** Passes over what is not a commit of an account. Resolves, and so acknowledges the message, when the commit is booked. */
  @EventPattern('commit')
  async handle(@Payload() received: Received): Promise<void> {
    if (isOtherThanCommit(received.attributes)) return;
    await this.books.book(parseMessage(received, Commit, 'commit'));
  }
}
