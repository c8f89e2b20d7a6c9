import { GoogleAuth } from 'google-auth-library';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveFiles } from './archive-files.ts';
import { type Authorize, BucketFiles } from './bucket-files.ts';
import { DirectoryFiles } from './directory-files.ts';

const scope = 'https://www.googleapis.com/auth/devstorage.read_write';
const pauseMs = 200;

/**
 * Where the environment says that archives lie: `ARCHIVE_DIR`, a directory, or `ARCHIVE_BUCKET`, of Google's Cloud Storage or of
 * the server at `STORAGE_EMULATOR_HOST`, which gets no credentials of anybody's. `undefined` where it says nothing.
 *
 * @throws Error where it says both.
 */
export function openArchiveFiles(environment: NodeJS.ProcessEnv): ArchiveFiles | undefined {
  const { ARCHIVE_DIR: directory, ARCHIVE_BUCKET: bucket, STORAGE_EMULATOR_HOST: local } = environment;
  if (directory !== undefined && bucket !== undefined)
    throw new Error('ARCHIVE_DIR and ARCHIVE_BUCKET: archives lie in one place, name one of the two');
  if (directory !== undefined) return new DirectoryFiles(directory);
  if (bucket === undefined) return undefined;
  return new BucketFiles({
    bucket,
    endpoint: local ?? 'https://storage.googleapis.com',
    authorize: local === undefined ? asGoogleClients() : async () => ({}),
    pause: async (tries) => sleep(pauseMs * 2 ** tries),
  });
}

/** By the usual credentials, looked for at first need. */
function asGoogleClients(): Authorize {
  const auth = new GoogleAuth({ scopes: [scope] });
  return async () => Object.fromEntries(await auth.getRequestHeaders());
}
