import { PoisonError, type Received } from '@bellwether/bus';
import { type Frame, FrameError, decodeFrame } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TickArchive } from './tick-archive.ts';

@Controller()
export class FrameController {
  constructor(private readonly archive: TickArchive) {}

  /** Resolves, and so acknowledges the frame, when its rows are in BigQuery. */
  @EventPattern('frame')
  async handle(@Payload() received: Received): Promise<void> {
    await this.archive.append(decode(received.data));
  }
}

function decode(data: Uint8Array): Frame {
  try {
    return decodeFrame(data);
  } catch (error) {
    if (error instanceof FrameError) throw new PoisonError(error.message, { cause: error });
    throw error;
  }
}
