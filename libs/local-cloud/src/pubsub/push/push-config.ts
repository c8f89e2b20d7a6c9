import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { invalid, unimplemented } from '../status.ts';

type PushConfig = google.pubsub.v1.IPushConfig;

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** The configuration as it is stored: empty for pull. Throws unless the endpoint is on this machine. */
export function normalPush(config: PushConfig | null | undefined): PushConfig {
  if (!config?.pushEndpoint) return {};
  const url = URL.parse(config.pushEndpoint);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid(`Invalid push endpoint given (endpoint=${config.pushEndpoint}).`);
  }
  if (!loopback.includes(url.hostname)) throw unimplemented('Push delivery to another host than 127.0.0.1');
  if (config.oidcToken && !config.oidcToken.serviceAccountEmail) {
    throw invalid('The service_account_email of the OIDC token must be set.');
  }
  const normal: PushConfig = { pushEndpoint: config.pushEndpoint, attributes: { ...config.attributes } };
  if (config.oidcToken) normal.oidcToken = config.oidcToken;
  if (config.noWrapper) normal.noWrapper = config.noWrapper;
  else normal.pubsubWrapper = {};
  return normal;
}
