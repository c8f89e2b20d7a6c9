import { type ArchiveDocument, paths } from '@bellwether/contracts';
import type { Clock, Ids } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import {
  type BulkWrites,
  type Stored,
  isFailedPrecondition,
  isNotFound,
  repositoriesOf,
} from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { isDeepStrictEqual } from 'node:util';
import type { ArchiveFiles } from './archive-files.ts';
import { type ArchivedKind, kindOf, positionRows, tradeRows } from './archived-kinds.ts';
import { readArchives } from './read-archives.ts';
import { decodeRows, encodeRows, sha256Of } from './row-file.ts';

export interface ArchiveOptions {
  readonly firestore: Firestore;
  readonly writes: BulkWrites;
  readonly files: ArchiveFiles;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** What was closed so long ago, milliseconds. */
  readonly olderThanMs: number;
  /** The most rows of a file; they are held in memory. */
  readonly rowsPerFile?: number;
  /** Ends it between two files. */
  readonly signal?: AbortSignal;
}

const deletesPerBatch = 200;

/**
 * Moves rows of a tenant into a file, step by step, so that a kill at any moment loses and doubles nothing:
 *
 * 1. an archive is noted as `writing`, its file is written;
 * 2. the file is read back and held against the documents, one by one, and its hash, counts and sums are noted: `verified`;
 * 3. the documents are deleted: `done`.
 *
 * @param known archives that this run has seen or made: of several runs at once, one goes on.
 * @throws Error for a file that does not read back as it was written: nothing is deleted then.
 */
export async function archiveRows<Row extends { readonly accountId: string }>(
  tenant: string,
  kind: ArchivedKind<Row>,
  rows: readonly Row[],
  known: Set<string>,
  options: ArchiveOptions,
): Promise<ArchiveDocument> {
  const { firestore, files, clock, ids, logger } = options;
  const now = Math.round(clock.now());
  const archiveId = `${new Date(now).toISOString().slice(0, 10)}-${ids.hex(12)}`;
  const path = paths.archive(tenant, archiveId);
  const { archives } = repositoriesOf(firestore);
  const file = `${tenant}/${archiveId}.${kind.name}`;
  const times = rows.map(kind.timeOf);
  const document: ArchiveDocument = {
    archiveId,
    tenantId: tenant,
    ...(kind.name === 'positions' ? { kind: kind.name } : {}),
    file,
    state: 'writing',
    fromAt: times.reduce((least, at) => Math.min(least, at), Infinity),
    toAt: times.reduce((most, at) => Math.max(most, at), 0),
    createdAt: now,
  };
  const createdAt = await archives.create(path, document);
  const bytes = encodeRows(rows, kind);
  await files.write(file, bytes);
  const readBack = decodeRows<Row>(await files.read(file));
  holdAgainst(file, kind, rows, readBack);
  const verified = {
    state: 'verified',
    bytes: bytes.length,
    sha256: sha256Of(bytes),
    sums: kind.sumsOf(readBack),
    verifiedAt: Math.round(clock.now()),
  } as const;
  known.add(archiveId);
  await noteVerified(tenant, archiveId, verified, known, firestore);
  logger.info({ tenant, file, rows: rows.length }, 'archived and verified');
  const updateTime = (await archives.read(path))?.updateTime ?? createdAt;
  const stored = { document: { ...document, ...verified }, createTime: createdAt, updateTime };
  return deleteDocuments(
    tenant,
    stored,
    readBack.map((row) => kind.pathOf(tenant, row)),
    options,
  );
}

/**
 * Ends what another run began: forgets what was not verified with its file, reads back once more what was, and deletes its
 * documents. Until a document is deleted it counts, and from `verified` on its copy is not counted beside it.
 */
export async function endBegun(
  tenant: string,
  begun: Stored<ArchiveDocument>,
  options: ArchiveOptions,
): Promise<ArchiveDocument | undefined> {
  const { firestore, files, logger } = options;
  const { archiveId, file, state, sha256 } = begun.document;
  logger.info({ tenant, file, state }, 'another run had begun an archive; ending it');
  if (state === 'verified') {
    const bytes = await files.read(file);
    if (sha256Of(bytes) !== sha256)
      throw new Error(`${files.where}/${file} is not what was verified: nothing of it is deleted`);
    return deleteDocuments(tenant, begun, pathsIn(tenant, begun.document, bytes), options);
  }
  try {
    // Whoever still writes it finds its note gone, and deletes nothing.
    await firestore.doc(paths.archive(tenant, archiveId)).delete({ lastUpdateTime: begun.updateTime });
  } catch (error) {
    if (isFailedPrecondition(error) || isNotFound(error)) return undefined;
    throw error;
  }
  await files.remove(file);
  return undefined;
}

/**
 * From this moment on the file counts, so no other may hold any of its rows: whoever has archived meanwhile what this run
 * does not know of may hold them.
 *
 * @throws Error where another run has: nothing of this file is deleted, and the next run forgets it.
 */
async function noteVerified(
  tenant: string,
  archiveId: string,
  verified: Partial<ArchiveDocument>,
  known: ReadonlySet<string>,
  firestore: Firestore,
): Promise<void> {
  await firestore.runTransaction(async (transaction) => {
    const found = await readArchives(firestore, tenant, async (query) => transaction.get(query));
    const isOurs = found.some(({ document }) => document.archiveId === archiveId);
    const isAlone = found.every(
      ({ document: { archiveId: id, state } }) => state === 'writing' || known.has(id),
    );
    if (!isOurs || !isAlone)
      throw new Error(`another run archives ${tenant}: it goes on, and this one has ended without a change`);
    transaction.update(firestore.doc(paths.archive(tenant, archiveId)), { ...verified });
  });
}

function pathsIn(tenant: string, archive: ArchiveDocument, bytes: Uint8Array): string[] {
  const of = <Row>(kind: ArchivedKind<Row>): string[] =>
    decodeRows<Row>(bytes).map((row) => kind.pathOf(tenant, row));
  return kindOf(archive) === 'positions' ? of(positionRows) : of(tradeRows);
}

async function deleteDocuments(
  tenant: string,
  { document, updateTime }: Stored<ArchiveDocument>,
  held: readonly string[],
  { firestore, writes, clock }: ArchiveOptions,
): Promise<ArchiveDocument> {
  for (let first = 0; first < held.length; first += deletesPerBatch)
    await writes.write({ tenant, priority: 'background' }, (batch) => {
      for (const path of held.slice(first, first + deletesPerBatch)) batch.delete(path);
    });
  const done = { state: 'done', finishedAt: Math.round(clock.now()) } as const;
  try {
    await repositoriesOf(firestore).archives.update(
      paths.archive(tenant, document.archiveId),
      done,
      updateTime,
    );
  } catch (error) {
    if (!isFailedPrecondition(error)) throw error; // another run has ended it, too
  }
  return { ...document, ...done };
}

/** @throws Error that names the first row that differs. */
function holdAgainst<Row>(
  file: string,
  { idOf, sumsOf }: ArchivedKind<Row>,
  rows: readonly Row[],
  readBack: readonly Row[],
): void {
  const found = new Map(readBack.map((row) => [idOf(row), row]));
  if (readBack.length !== rows.length || found.size !== rows.length)
    throw new Error(`${file} holds ${readBack.length} rows, and not ${rows.length}`);
  for (const row of rows)
    if (!isDeepStrictEqual(found.get(idOf(row)), row))
      throw new Error(`${file} does not hold ${idOf(row)} as it is stored`);
  if (!isDeepStrictEqual(sumsOf(readBack), sumsOf(rows)))
    throw new Error(`${file} does not sum to what is stored`);
}
