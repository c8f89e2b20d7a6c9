import { PoisonError, type Received } from '@bellwether/bus';
import { Commit } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import * as z from 'zod';
import { EventArchive } from './event-archive.ts';

@Controller()
export class CommitController {
  constructor(private readonly archive: EventArchive) {}

  /** Resolves, and so acknowledges the commit, when its events are in BigQuery. */
  @EventPattern('commit')
  async handle(@Payload() received: Received): Promise<void> {
    const parsed = Commit.safeParse(parseJson(received.data));
    if (!parsed.success) throw new PoisonError(z.prettifyError(parsed.error));
    await this.archive.append(parsed.data, received.publishedAt);
  }
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch (error) {
    throw new PoisonError('the commit is not JSON', { cause: error });
  }
}
