import type { ArchiveDocument } from '@bellwether/contracts';
import type { Firestore } from '@google-cloud/firestore';
import { isDeepStrictEqual } from 'node:util';
import type { ArchiveFiles } from './archive-files.ts';
import { readArchives } from './read-archives.ts';
import { kindOf } from './archived-kinds.ts';
import { decodeRows, sha256Of } from './row-file.ts';
import { sumPositions, sumTrades } from './row-sums.ts';

export interface VerifiedArchive {
  readonly archive: ArchiveDocument;
  /** What is wrong with its file, one sentence; absent where it is what was noted. */
  readonly difference?: string;
}

/** Reads every file of a tenant's archives back, and holds it against what was noted: hash, counts and sums. Changes nothing. */
export async function* verifyArchives(
  firestore: Firestore,
  files: ArchiveFiles,
  tenant: string,
): AsyncGenerator<VerifiedArchive, void> {
  for (const { document: archive } of await readArchives(firestore, tenant)) {
    // Its file may not be whole, and nothing of it is deleted.
    if (archive.state === 'writing') continue;
    const difference = await differenceOf(files, archive);
    yield { archive, ...(difference === undefined ? {} : { difference }) };
  }
}

async function differenceOf(files: ArchiveFiles, archive: ArchiveDocument): Promise<string | undefined> {
  const { file, sha256, sums } = archive;
  try {
    const bytes = await files.read(file);
    if (sha256Of(bytes) !== sha256) return 'the file is not what its hash was made of';
    const found =
      kindOf(archive) === 'positions' ? sumPositions(decodeRows(bytes)) : sumTrades(decodeRows(bytes));
    if (isDeepStrictEqual(found, sums)) return undefined;
    return `the file sums to ${JSON.stringify(found)}, noted is ${JSON.stringify(sums)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
