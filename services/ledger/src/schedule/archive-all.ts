import { paths } from '@bellwether/contracts';
import type { Firestore } from '@bellwether/store';
import type { ArchiveOptions } from '../archive/archive-rows.ts';
import { archiveTenant } from '../archive/archive-tenant.ts';

/**
 * Moves what is old enough of every tenant into files, one tenant after another; the signal ends it between two files. Of
 * several ledgers that do so at once, one goes on.
 */
export async function archiveAll(options: ArchiveOptions & { readonly firestore: Firestore }): Promise<void> {
  const { firestore, files, logger, signal } = options;
  for (const { id: tenant } of await firestore.collection(paths.tenants()).listDocuments()) {
    if (signal?.aborted === true) return;
    const { archives, trades, positions } = await archiveTenant(tenant, options);
    if (archives > 0)
      logger.info({ tenant, archives, trades, positions, where: files.where }, 'old trades moved into files');
  }
}
