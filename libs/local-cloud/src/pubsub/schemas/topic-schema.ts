import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { PubSubState } from '../state.ts';
import { invalid } from '../status.ts';
import { v1 } from '../wire.ts';
import type { Schema } from './schema.ts';
import { findRevision } from './schemas.ts';

type SchemaSettings = google.pubsub.v1.ISchemaSettings;
type PubsubMessage = google.pubsub.v1.IPubsubMessage;

const jsonEncoding: number = v1.Encoding.JSON;
const deletedSchema = '_deleted-schema_';

/** Throws when there is no such schema or revision, or no encoding. */
export function checkSettings(state: PubSubState, settings: SchemaSettings): void {
  const name = settings.schema ?? '';
  findRevision(state, name);
  if (settings.firstRevisionId) findRevision(state, `${name}@${settings.firstRevisionId}`);
  if (settings.lastRevisionId) findRevision(state, `${name}@${settings.lastRevisionId}`);
  if (encodingOf(settings) === 0)
    throw invalid('The encoding of the schema settings must be JSON or BINARY.');
}

/**
 * The messages with the attributes that name the revision each conforms to: the newest that the settings allow and
 * that fits. Throws INVALID_ARGUMENT when one fits none.
 */
export function conforming(
  state: PubSubState,
  settings: SchemaSettings,
  messages: readonly PubsubMessage[],
): PubsubMessage[] {
  const schema = state.schemas.get(settings.schema ?? '');
  if (schema === undefined || settings.schema === deletedSchema) {
    throw invalid('The schema of the topic has been deleted.');
  }
  const revisions = allowedRevisions(schema, settings);
  const encoding = encodingOf(settings);
  return messages.map((message) => {
    const data = typeof message.data === 'string' ? Buffer.from(message.data, 'base64') : message.data;
    const revision = revisions.find((one) => schema.check(one)(data ?? new Uint8Array(), encoding));
    if (revision === undefined) throw invalid('Invalid data in message: Message failed schema validation.');
    const attributes = {
      ...message.attributes,
      googclient_schemaencoding: v1.Encoding[encoding] ?? '',
      googclient_schemaname: settings.schema ?? '',
      googclient_schemarevisionid: revision.revisionId ?? '',
    };
    return { data: message.data ?? null, attributes, orderingKey: message.orderingKey ?? null };
  });
}

/** Newest first. */
function allowedRevisions(
  { revisions }: Schema,
  { firstRevisionId, lastRevisionId }: SchemaSettings,
): google.pubsub.v1.ISchema[] {
  const first = revisions.findIndex(({ revisionId }) => revisionId === firstRevisionId);
  const last = revisions.findIndex(({ revisionId }) => revisionId === lastRevisionId);
  return revisions.slice(Math.max(first, 0), last < 0 ? undefined : last + 1).toReversed();
}

export function hasJsonEncoding(settings: SchemaSettings): boolean {
  return encodingOf(settings) === jsonEncoding;
}

function encodingOf({ encoding }: SchemaSettings): number {
  return typeof encoding === 'string' ? v1.Encoding[encoding] : (encoding ?? 0);
}
