import { PoisonError, type Received, Underway } from '@bellwether/bus';
import { type Frame, FrameDecoder, FrameError } from '@bellwether/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Shards } from '../shards/shards.ts';

@Controller()
export class FrameController {
  readonly #decoder = new FrameDecoder();

  constructor(private readonly shards: Shards) {}

  /** Acknowledges the frame when the shard's checkpoint covers it. */
  @EventPattern('frame')
  handle(@Payload() received: Received): Underway {
    const traceparent = received.attributes['ce-traceparent'] ?? '';
    return new Underway(this.shards.handle(this.#decode(received.data), traceparent));
  }

  /** Good until the next one is decoded: it is judged or copied before this turn is over. */
  #decode(data: Uint8Array): Frame {
    try {
      return this.#decoder.decode(data);
    } catch (error) {
      if (error instanceof FrameError) throw new PoisonError(error.message, { cause: error });
      throw error;
    }
  }
}
