import type { ArchiveDocument } from '@bellwether/contracts';
import { paths } from '@bellwether/contracts';
import { type ArchivedTenant, archiveTenant, readArchives, verifyArchives } from '@bellwether/ledger';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import { unpacedWrites } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { fail } from '../fail.ts';
import { InputError } from '../input-error.ts';
import { withFirestore } from '../stored/with-firestore.ts';
import { requiredArchiveFiles } from './archive-files.ts';

export interface ArchiveOptions {
  readonly tenant?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}
export interface ArchiveRunOptions extends ArchiveOptions {
  /** Days. */
  readonly olderThan: string;
}

const day = 86_400_000;
const logger = createLogger({ service: 'archive', level: 'silent' });

/** `bellwether archive run` */
export async function runArchive(options: ArchiveRunOptions): Promise<void> {
  await over(options, async (firestore, tenants, environment) => {
    const files = requiredArchiveFiles(environment);
    const olderThanMs = ageOf(options.olderThan);
    const parts = {
      firestore,
      writes: unpacedWrites(firestore),
      files,
      clock: systemClock,
      ids: systemIds,
      logger,
    };
    const moved: ArchivedTenant[] = [];
    for (const tenant of tenants) moved.push(await archiveTenant(tenant, { ...parts, olderThanMs }));
    if (options.json === true) return { lines: [JSON.stringify(moved)] };
    return {
      lines: moved.map(
        ({ tenant, archives, trades, positions }) =>
          `${tenant}: ${trades} trades and ${positions} positions moved into ${archives} files of ${files.where}`,
      ),
    };
  });
}

/** `bellwether archive list` */
export async function runArchiveList(options: ArchiveOptions): Promise<void> {
  await over(options, async (firestore, tenants) => {
    const found: ArchiveDocument[] = [];
    for (const tenant of tenants)
      for (const { document } of await readArchives(firestore, tenant)) found.push(document);
    const lines = found.length === 0 ? ['Nothing is archived.'] : found.map(lineOf);
    return { lines: options.json === true ? [JSON.stringify(found)] : lines };
  });
}

/** `bellwether archive verify`: exit code 1 when a file is not what was noted of it. */
export async function runArchiveVerify(options: ArchiveOptions): Promise<void> {
  await over(options, async (firestore, tenants, environment) => {
    const files = requiredArchiveFiles(environment);
    const lines: string[] = [];
    const told: object[] = [];
    let isWhole = true;
    for (const tenant of tenants)
      for await (const { archive, difference } of verifyArchives(firestore, files, tenant)) {
        isWhole &&= difference === undefined;
        told.push({ file: archive.file, rows: archive.sums?.rows ?? 0, difference: difference ?? null });
        lines.push(`${archive.file}: ${difference ?? `${rowsOf(archive)}, whole`}`);
      }
    if (lines.length === 0) lines.push('Nothing is archived.');
    return { lines: options.json === true ? [JSON.stringify(told)] : lines, code: isWhole ? 0 : 1 };
  });
}

async function over(
  { tenant, dataDir }: ArchiveOptions,
  run: (
    firestore: Firestore,
    tenants: readonly string[],
    environment: NodeJS.ProcessEnv,
  ) => Promise<{ readonly lines: readonly string[]; readonly code?: number }>,
): Promise<void> {
  try {
    const { lines, code = 0 } = await withFirestore('archive', dataDir, async (firestore, { environment }) =>
      run(firestore, tenant === undefined ? await tenantsIn(firestore) : [tenant], environment),
    );
    for (const line of lines) process.stdout.write(`${line}\n`);
    process.exit(code);
  } catch (error) {
    fail(error);
  }
}

async function tenantsIn(firestore: Firestore): Promise<string[]> {
  const documents = await firestore.collection(paths.tenants()).listDocuments();
  return documents.map(({ id }) => id).toSorted();
}

function ageOf(days: string): number {
  const age = Number(days);
  if (!(age >= 7 && age <= 36_500))
    throw new InputError(`--older-than: must be days from 7 to 36500, not "${days}"`);
  return age * day;
}

function rowsOf({ sums, kind }: ArchiveDocument): string {
  return `${sums?.rows ?? 0} ${kind ?? 'trades'}`;
}

function lineOf(archive: ArchiveDocument): string {
  const { file, state, fromAt, toAt, bytes = 0, sums } = archive;
  const [from, to] = [fromAt, toAt].map((at) => new Date(at).toISOString().slice(0, 10));
  const pnl = Object.entries(sums?.realizedPnl ?? {}).map(([currency, sum]) => `${sum} ${currency}`);
  return `${file}: ${state}, ${rowsOf(archive)} of ${from} to ${to}, ${bytes} bytes, P&L ${pnl.join(', ') || '0'}`;
}
