import { BigQuery } from '@google-cloud/bigquery';
import { BigQueryWriteClient } from '@google-cloud/bigquery-storage';
import { credentials } from '@grpc/grpc-js';
import { type HistoryConfig, readConfig } from '../config.ts';

/** A client for Google's BigQuery, or for a local one, which gets no credentials of anybody's. */
export function connectBigQuery({ project, bigqueryUrl }: HistoryConfig): BigQuery {
  if (bigqueryUrl === undefined) return new BigQuery({ projectId: project });
  const bigquery = new BigQuery({ projectId: project, apiEndpoint: bigqueryUrl });
  // It would ask Google for a token, whatever the endpoint.
  bigquery.authClient.authorizeRequest = async (request = {}) => request;
  return bigquery;
}

/** For those who only read history: the client that the environment names. @throws Error for a bad environment. */
export function connectHistory(environment: NodeJS.ProcessEnv): BigQuery {
  return connectBigQuery(readConfig(environment));
}

export function connectWriteApi({
  project,
  storageHost,
}: Pick<HistoryConfig, 'project' | 'storageHost'>): BigQueryWriteClient {
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
