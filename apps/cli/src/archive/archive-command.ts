import type { ArchiveDocument } from '@bellwether/contracts';
import { paths } from '@bellwether/contracts';
import { type ArchivedTenant, archiveTenant, readArchives, verifyArchives } from '@bellwether/ledger';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import { unpacedWrites } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { counted } from '../counted.ts';
import { InputError } from '../input-error.ts';
import { type Answer, type AnswerOptions, answer } from '../stored/answer.ts';
import { requiredArchiveFiles } from './archive-files.ts';

export interface ArchiveRunOptions extends AnswerOptions {
  /** Days. */
  readonly olderThan: string;
}

const day = 86_400_000;
const logger = createLogger({ service: 'archive', level: 'silent' });

/** `bellwether archive run` */
export async function runArchive(options: ArchiveRunOptions): Promise<void> {
  const olderThanMs = ageOf(options.olderThan);
  await overTenants(options, async (firestore, tenants, environment) => {
    const files = requiredArchiveFiles(environment);
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
    const lines = moved.map(
      ({ tenant, archives, trades, positions }) =>
        `${tenant}: ${counted(trades, 'trade')} and ${counted(positions, 'position')} moved into ${counted(archives, 'file')} of ${files.where}\n`,
    );
    return { json: moved, text: lines.join('') };
  });
}

/** `bellwether archive list` */
export async function runArchiveList(options: AnswerOptions): Promise<void> {
  await overTenants(options, async (firestore, tenants) => {
    const found: ArchiveDocument[] = [];
    for (const tenant of tenants)
      for (const { document } of await readArchives(firestore, tenant)) found.push(document);
    return { json: found, text: textOf(found.map(lineOf)) };
  });
}

/** `bellwether archive verify`: exit code 1 when a file is not what was noted of it. */
export async function runArchiveVerify(options: AnswerOptions): Promise<void> {
  await overTenants(options, async (firestore, tenants, environment) => {
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
    return { json: told, text: textOf(lines), code: isWhole ? 0 : 1 };
  });
}

async function overTenants(
  options: AnswerOptions,
  act: (firestore: Firestore, tenants: readonly string[], environment: NodeJS.ProcessEnv) => Promise<Answer>,
): Promise<void> {
  const { tenant } = options;
  await answer('archive', options, async (firestore, { environment }) =>
    act(firestore, tenant === undefined ? await tenantsIn(firestore) : [tenant], environment),
  );
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

function textOf(lines: readonly string[]): string {
  return lines.length === 0 ? 'Nothing is archived.\n' : lines.map((line) => `${line}\n`).join('');
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
