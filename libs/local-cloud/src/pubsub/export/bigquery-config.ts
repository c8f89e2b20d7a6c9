import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { TableName } from '../../core/table-sink.ts';
import { invalid } from '../status.ts';
import { v1 } from '../wire.ts';

type BigQueryConfig = google.pubsub.v1.IBigQueryConfig;

const tableText = /^([^.:]+(?::[^.:]+)?)[.:](\w+)\.([^.]+)$/;

/** The columns that `write_metadata` asks for. */
export const metadataColumns = ['subscription_name', 'message_id', 'publish_time', 'attributes'] as const;

/** The configuration as it is stored. Undefined where rows are not wanted. Throws when production would refuse it. */
export function normalBigQuery(config: BigQueryConfig | null | undefined): BigQueryConfig | undefined {
  if (!config?.table) return undefined;
  tableOf(config);
  if (config.useTopicSchema && config.useTableSchema)
    throw invalid('Only one of use_topic_schema and use_table_schema may be set.');
  return {
    table: config.table,
    useTopicSchema: config.useTopicSchema ?? false,
    useTableSchema: config.useTableSchema ?? false,
    writeMetadata: config.writeMetadata ?? false,
    dropUnknownFields: config.dropUnknownFields ?? false,
    state: v1.BigQueryConfig.State.ACTIVE,
    serviceAccountEmail: config.serviceAccountEmail ?? '',
  };
}

/** Of `{project}.{dataset}.{table}`, or `{project}:{dataset}.{table}`. */
export function tableOf({ table }: BigQueryConfig): TableName {
  const [, project, dataset, name] = tableText.exec(table ?? '') ?? [];
  if (project === undefined || dataset === undefined || name === undefined) {
    throw invalid(
      `Invalid BigQuery table name given (table=${table ?? ''}): it must be {project}.{dataset}.{table}.`,
    );
  }
  return { project, dataset, table: name };
}

/** What the table must have whatever the messages hold. */
export function neededColumns(config: BigQueryConfig): readonly string[] {
  const data = config.useTopicSchema || config.useTableSchema ? [] : ['data'];
  return config.writeMetadata ? [...data, ...metadataColumns] : data;
}
