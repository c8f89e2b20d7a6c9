import { BigQuery } from '@google-cloud/bigquery';
import { Firestore } from '@google-cloud/firestore';
import { PubSub } from '@google-cloud/pubsub';
import { startCloud } from '@bellwether/local-cloud';
import { randomBytes } from 'node:crypto';
import type { CloudOptions, RunningCloud } from '@bellwether/local-cloud';

/** A local cloud with Google's own clients pointed at it. */
export interface TestCloud extends Omit<RunningCloud, 'close'> {
  readonly pubsub: PubSub;
  readonly firestore: Firestore;
  readonly bigquery: BigQuery;
  /** Closes the clients, then the cloud. */
  close(): Promise<void>;
}

/** What the clients would otherwise look for in credentials, in files and on the network. */
const universeDomain = 'googleapis.com';

/**
 * Starts a cloud in memory on free ports. Several can run side by side: nothing global is set.
 *
 * The clients neither look for credentials nor send any. Discord's rate limits are off unless asked for.
 */
export async function startTestCloud(options: CloudOptions = {}): Promise<TestCloud> {
  const cloud = await startCloud({ discordRateLimits: false, ...options });
  const { hosts, project: projectId } = cloud;
  const pubsub = new PubSub({ projectId, apiEndpoint: hosts.pubsub, emulatorMode: true, universeDomain });
  const firestore = new Firestore({ projectId, host: hosts.firestore, ssl: false, universeDomain });
  const bigquery = new BigQuery({ projectId, apiEndpoint: `http://${hosts.bigquery}` });
  // unlike the others it would ask Google for a token even for an endpoint of ours
  bigquery.authClient.authorizeRequest = (request = {}) => Promise.resolve(request);
  const channelKey = `test:${randomBytes(32).toString('base64')}`;
  return {
    ...cloud,
    environment: { ...cloud.environment, CHANNEL_KEYS: channelKey },
    pubsub,
    firestore,
    bigquery,
    async close() {
      await Promise.all([pubsub.close(), firestore.terminate()]);
      await cloud.close();
    },
  };
}
