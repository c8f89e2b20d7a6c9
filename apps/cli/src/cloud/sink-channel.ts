import { type ChannelDocument, paths } from '@bellwether/contracts';
import { readChannelKeys, sealChannel } from '@bellwether/notifier';
import type { Firestore } from '@google-cloud/firestore';

/** Has a tenant's alerts go to the Discord sink of a local cloud, which takes any webhook. */
export async function addSinkChannel(
  firestore: Firestore,
  environment: NodeJS.ProcessEnv,
  tenant: string,
): Promise<void> {
  const name = { tenant, id: 'discord' };
  const channel: ChannelDocument = {
    kind: 'discordWebhook',
    webhookId: '100000000000000001',
    webhookToken: `local-${tenant}`,
    status: 'active',
  };
  const keys = readChannelKeys({ ...process.env, ...environment });
  await firestore.doc(paths.channel(tenant, name.id)).set(sealChannel(channel, name, keys));
}
