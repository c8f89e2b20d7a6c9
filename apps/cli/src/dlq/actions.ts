import { type DeadLetterActionDocument, paths } from '@bellwether/contracts';
import { repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';

/** How much of a text a record holds. */
const mostText = 64 * 1024;
const pageSize = 300;

/** What was done to dead letters: a record for each action, created once, never changed, never deleted. */
export class Actions {
  readonly #actions: ReturnType<typeof repositoriesOf>['deadLetterActions'];

  constructor(firestore: Firestore) {
    this.#actions = repositoriesOf(firestore).deadLetterActions;
  }

  /** Oldest first. */
  async of(id: string): Promise<readonly DeadLetterActionDocument[]> {
    const found: DeadLetterActionDocument[] = [];
    for (;;) {
      const stored = await this.#actions.read(paths.deadLetterAction(id, found.length + 1));
      if (stored === undefined) return found;
      found.push(stored.document);
    }
  }

  /** The last action on each that somebody has acted on. */
  async lastOf(ids: readonly string[]): Promise<ReadonlyMap<string, DeadLetterActionDocument>> {
    const last = new Map<string, DeadLetterActionDocument>();
    let asked = ids;
    for (let number = 1; asked.length > 0; number += 1) {
      const acted: string[] = [];
      for (let first = 0; first < asked.length; first += pageSize) {
        const some = asked.slice(first, first + pageSize);
        const stored = await this.#actions.readAll(some.map((id) => paths.deadLetterAction(id, number)));
        for (const [index, each] of stored.entries()) {
          const id = some[index];
          if (each === undefined || id === undefined) continue;
          last.set(id, each.document);
          acted.push(id);
        }
      }
      asked = acted;
    }
    return last;
  }

  /** Where the next action on it is to be recorded: two who act at once meet there, and one of them fails. */
  async nextPath(id: string): Promise<string> {
    return paths.deadLetterAction(id, (await this.of(id)).length + 1);
  }

  async record(id: string, action: DeadLetterActionDocument): Promise<void> {
    await this.#actions.create(await this.nextPath(id), action);
  }
}

/** A text as a record holds it. */
export function recorded(text: string): string {
  return text.length <= mostText ? text : `${text.slice(0, mostText).toWellFormed()}…`;
}
