/**
 * Keeps a checkpoint from passing a level that is being armed: while a checkpoint is taken no arming
 * starts, and it is taken only when none is under way. So a level whose first ticks are behind the
 * checkpoint is always in the book that the checkpoint describes.
 */
export class ArmingGate {
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  /** Runs `arm` while no checkpoint is being taken. */
  async arming<Value>(arm: () => Promise<Value>): Promise<Value> {
    while (this.#closed !== undefined) await this.#closed;
    const running = arm();
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.add(settled);
    try {
      return await running;
    } finally {
      this.#underWay.delete(settled);
    }
  }

  /** Takes a snapshot when no arming is under way. */
  async snapshot<Value>(take: () => Value): Promise<Value> {
    const { promise, resolve: open } = Promise.withResolvers<void>();
    this.#closed = promise;
    try {
      await Promise.all(this.#underWay);
      return take();
    } finally {
      this.#closed = undefined;
      open();
    }
  }
}
