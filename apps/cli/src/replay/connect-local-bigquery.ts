import { BigQuery } from '@google-cloud/bigquery';

/** A BigQuery client for the local cloud: it would otherwise ask Google for a token even for this endpoint. */
export function connectLocalBigQuery(environment: Readonly<Record<string, string>>): BigQuery {
  const bigquery = new BigQuery({
    projectId: environment['GOOGLE_CLOUD_PROJECT'] ?? '',
    apiEndpoint: environment['BIGQUERY_EMULATOR_HOST'] ?? '',
  });
  bigquery.authClient.authorizeRequest = async (request = {}) => request;
  return bigquery;
}
