import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { isObject } from '../../rest/json-body.ts';
import type { JsonObject } from '../../rest/json-body.ts';
import { plainAvro } from '../schemas/avro-value.ts';
import { parseAvro } from '../schemas/avro-type.ts';
import { toMicros, v1 } from '../wire.ts';

type BigQueryConfig = google.pubsub.v1.IBigQueryConfig;

/** Finds the Avro definition of a schema's revision; undefined for none, or for Protocol Buffers. */
export type FindAvro = (schema: string, revision: string) => string | undefined;

/** The row that a message becomes; undefined when its data is no JSON object where one is needed. */
export function bigQueryRow(
  subscription: string,
  config: BigQueryConfig,
  /** Whether the column `data` holds bytes, rather than text or JSON. */
  isDataBytes: boolean,
  wire: Uint8Array,
  findAvro: FindAvro,
): JsonObject | undefined {
  const { data: content, attributes, messageId, orderingKey, publishTime } = v1.PubsubMessage.decode(wire);
  const data = typeof content === 'string' ? Buffer.from(content, 'base64') : Buffer.from(content);
  const fields =
    config.useTopicSchema || config.useTableSchema
      ? fieldsIn(data)
      : { data: data.toString(isDataBytes ? 'base64' : 'utf8') };
  if (fields === undefined) return undefined;
  const { googclient_schemaname: schema = '', googclient_schemarevisionid: revision = '' } = attributes;
  const definition = config.useTopicSchema ? findAvro(schema, revision) : undefined;
  const plain = definition === undefined ? fields : plainAvro(parseAvro(definition), fields);
  const row = isObject(plain) ? plain : fields;
  if (!config.writeMetadata) return row;
  return {
    ...row,
    subscription_name: subscription,
    message_id: messageId,
    publish_time: new Date(toMicros(publishTime) / 1000).toISOString(),
    attributes: JSON.stringify(orderingKey === '' ? attributes : { ...attributes, orderingKey }),
  };
}

function fieldsIn(data: Uint8Array): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
