import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { compileSchema } from './schema-check.ts';
import type { SchemaCheck } from './schema-check.ts';

/** A schema's revisions, oldest first; never empty. */
export class Schema {
  readonly revisions: google.pubsub.v1.ISchema[] = [];
  readonly #checks = new Map<string, SchemaCheck>();

  get latest(): google.pubsub.v1.ISchema {
    return this.revisions.at(-1) ?? {};
  }

  /** The revision with that id, the newest for none. */
  find(revisionId: string | undefined): google.pubsub.v1.ISchema | undefined {
    return revisionId ? this.revisions.find((revision) => revision.revisionId === revisionId) : this.latest;
  }

  check({ revisionId, type, definition }: google.pubsub.v1.ISchema): SchemaCheck {
    const known = this.#checks.get(revisionId ?? '');
    const check = known ?? compileSchema(type, definition ?? '');
    this.#checks.set(revisionId ?? '', check);
    return check;
  }
}
