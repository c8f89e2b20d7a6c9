import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { invalid, unimplemented } from './status.ts';
import { toMicros, v1 } from './wire.ts';

type TopicConfig = google.pubsub.v1.ITopic;

const minutes = 60e6;
const days = 24 * 60 * minutes;

/** The configuration as it is stored and shown. Throws when production would refuse it. */
export function normalTopic(config: TopicConfig): TopicConfig {
  refuseUnsupported(config);
  const normal: TopicConfig = {
    name: config.name ?? '',
    labels: { ...config.labels },
    state: v1.Topic.State.ACTIVE,
  };
  if (config.messageStoragePolicy) normal.messageStoragePolicy = config.messageStoragePolicy;
  if (config.schemaSettings) normal.schemaSettings = config.schemaSettings;
  if (config.messageRetentionDuration) {
    const retention = toMicros(config.messageRetentionDuration);
    if (retention < 10 * minutes || retention > 31 * days) {
      throw invalid(
        `Invalid message retention duration given: (value=${retention / 1e6}). It must be within the range 600 to 2678400.`,
      );
    }
    normal.messageRetentionDuration = config.messageRetentionDuration;
  }
  return normal;
}

/** `config` with the fields of `mask` taken from `changes`, checked as a whole. */
export function changedTopic(
  config: TopicConfig,
  changes: TopicConfig,
  mask: readonly string[],
): TopicConfig {
  const changed = { ...config };
  for (const path of mask) {
    switch (path.split('.', 1).join()) {
      case 'labels':
        changed.labels = changes.labels ?? null;
        break;
      case 'message_retention_duration':
        changed.messageRetentionDuration = changes.messageRetentionDuration ?? null;
        break;
      case 'message_storage_policy':
        changed.messageStoragePolicy = changes.messageStoragePolicy ?? null;
        break;
      case 'schema_settings':
        changed.schemaSettings = changedSettings(config.schemaSettings, changes.schemaSettings, path);
        break;
      case 'name':
        throw invalid("Invalid update_mask provided in the UpdateTopicRequest: 'name' is not mutable.");
      default:
        throw unimplemented(`Updating '${path}'`);
    }
  }
  return normalTopic(changed);
}

type SchemaSettings = google.pubsub.v1.ISchemaSettings | null | undefined;

/** The path may name one field of the settings. */
function changedSettings(
  settings: SchemaSettings,
  changes: SchemaSettings,
  path: string,
): (SchemaSettings & {}) | null {
  switch (path) {
    case 'schema_settings.schema':
      return { ...settings, schema: changes?.schema ?? null };
    case 'schema_settings.encoding':
      return { ...settings, encoding: changes?.encoding ?? null };
    case 'schema_settings.first_revision_id':
      return { ...settings, firstRevisionId: changes?.firstRevisionId ?? null };
    case 'schema_settings.last_revision_id':
      return { ...settings, lastRevisionId: changes?.lastRevisionId ?? null };
    default:
      return changes?.schema ? changes : null;
  }
}

function refuseUnsupported(config: TopicConfig): void {
  const unsupported = {
    'A customer-managed key': config.kmsKeyName,
    'An ingestion source': config.ingestionDataSourceSettings,
    'A message transform': config.messageTransforms?.length,
  };
  for (const [what, value] of Object.entries(unsupported)) if (value) throw unimplemented(what);
}
