import { RpcException } from '@nestjs/microservices';

/**
 * Throw it for a message that never will parse or that breaks its contract: it is quarantined and acknowledged,
 * never retried.
 */
export class PoisonError extends RpcException {
  override readonly name = 'PoisonError';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message);
    if (options !== undefined && 'cause' in options) this.cause = options.cause;
  }

  /** Nest's exception filter throws this on in place of the exception: so the strategy still knows it. */
  override getError(): this {
    return this;
  }
}
