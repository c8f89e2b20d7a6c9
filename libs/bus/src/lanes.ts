/** Runs tasks of one key one after another, in order of arrival, and tasks of different keys side by side. */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();

  /** How many lanes have a task that waits or runs. */
  get size(): number {
    return this.#tails.size;
  }

  /** Settles as the task does. A task that fails does not stop those behind it. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const result = before === undefined ? task() : before.then(task);
    const tail = this.#after(result, () => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
    return result;
  }

  async #after(result: Promise<unknown>, end: () => void): Promise<void> {
    try {
      await result;
    } catch {
      // told to whoever called run
    }
    end();
  }
}
