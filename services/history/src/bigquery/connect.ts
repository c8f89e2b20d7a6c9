import { BigQuery } from '@google-cloud/bigquery';
import { BigQueryWriteClient } from '@google-cloud/bigquery-storage';
import { credentials } from '@grpc/grpc-js';
import type { HistoryConfig } from '../config.ts';

export function connectBigQuery({ project, bigqueryUrl }: HistoryConfig): BigQuery {
  if (bigqueryUrl === undefined) return new BigQuery({ projectId: project });
  const bigquery = new BigQuery({ projectId: project, apiEndpoint: bigqueryUrl });
  // It would ask Google for a token even for this endpoint.
  bigquery.authClient.authorizeRequest = async (request = {}) => Promise.resolve(request);
  return bigquery;
}

export function connectWriteApi({ project, storageHost }: HistoryConfig): BigQueryWriteClient {
  if (storageHost === undefined) return new BigQueryWriteClient({ projectId: project });
  const { host, port } = storageHost;
  return new BigQueryWriteClient({
    projectId: project,
    apiEndpoint: host,
    port,
    sslCreds: credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' }, // else it looks for credentials to learn it
  });
}
