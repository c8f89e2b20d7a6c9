import { type DeliveryDocument, paths } from '@bellwether/contracts';
import type { TestCloud } from '@bellwether/testing';

/** All deliveries of a tenant, as they are stored. */
export async function deliveriesOf(
  { firestore }: Pick<TestCloud, 'firestore'>,
  { tenant }: { readonly tenant: string },
): Promise<DeliveryDocument[]> {
  const { docs } = await firestore.collection(paths.deliveries(tenant)).get();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the notifier writes them
  return docs.map((document) => document.data() as DeliveryDocument);
}
