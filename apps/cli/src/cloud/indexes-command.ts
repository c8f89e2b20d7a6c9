import * as z from 'zod';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';
import { runningIn } from '../stored/running-system.ts';
import { usualDataDir } from '../stored/usual-data-dir.ts';

export interface IndexesOptions {
  /** URL or host:port of the local cloud's ops server; CLOUD_OPS_URL unless given. */
  readonly ops?: string;
  readonly json?: boolean;
}

/**
 * `bellwether indexes`: what the queries of a running local cloud lacked, and the entries to paste into
 * `firestore.indexes.json`; with `--json` the entries alone.
 */
export async function runIndexes({ ops, json }: IndexesOptions): Promise<void> {
  const report = await fetchReport(
    opsUrl(ops ?? process.env['CLOUD_OPS_URL'] ?? runningIn(userPath(usualDataDir))?.['CLOUD_OPS_URL']),
  );
  process.stdout.write(json === true ? `${JSON.stringify(report.file)}\n` : describe(report));
}

const Field = z.object({
  fieldPath: z.string(),
  order: z.string().optional(),
  arrayConfig: z.string().optional(),
  vectorConfig: z.object({ dimension: z.number() }).optional(),
});
const Definition = z.union([
  z.object({ collectionGroup: z.string(), queryScope: z.string().optional(), fields: z.array(Field) }),
  z.object({
    collectionGroup: z.string(),
    fieldPath: z.string(),
    indexes: z.array(
      z.object({
        queryScope: z.string().optional(),
        order: z.string().optional(),
        arrayConfig: z.string().optional(),
      }),
    ),
  }),
]);
const Report = z.object({
  missing: z.array(z.object({ definition: Definition, queries: z.number() })),
  file: z.object({ indexes: z.array(z.unknown()), fieldOverrides: z.array(z.unknown()) }),
});
export type IndexReport = z.infer<typeof Report>;

/** A line for each definition, then the JSON to paste. */
export function describe({ missing, file }: IndexReport): string {
  if (missing.length === 0) return 'No query lacked an index.\n';
  const lines = missing.map(
    ({ definition, queries }) => `${queries} ${queries === 1 ? 'query' : 'queries'}: ${titleOf(definition)}`,
  );
  return `${lines.join('\n')}\n\nAdd to firestore.indexes.json:\n${JSON.stringify(file, undefined, 2)}\n`;
}

function titleOf(definition: z.infer<typeof Definition>): string {
  if (!('fields' in definition)) {
    // An override keeps the indexes that there are: the one that was missed comes last.
    const { order, arrayConfig, queryScope } = definition.indexes.at(-1) ?? {};
    const scope = queryScope ?? 'COLLECTION';
    return `${definition.collectionGroup} (${scope}) ${definition.fieldPath} ${order ?? arrayConfig ?? ''}`;
  }
  const fields = definition.fields.map(({ fieldPath, order, arrayConfig, vectorConfig }) => {
    const vector = vectorConfig === undefined ? undefined : `VECTOR(${vectorConfig.dimension})`;
    return `${fieldPath} ${order ?? arrayConfig ?? vector ?? ''}`;
  });
  return `${definition.collectionGroup} (${definition.queryScope ?? 'COLLECTION'}) ${fields.join(', ')}`;
}

/** @throws InputError when it is missing or no URL. */
export function opsUrl(text: string | undefined): URL {
  if (text === undefined || text === '') {
    throw new InputError(
      'indexes: needs a local cloud: run "npm start", or say by --ops or CLOUD_OPS_URL where its ops server listens',
    );
  }
  const url = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(url)) throw new InputError(`--ops: must be a URL or host:port, not "${text}"`);
  return new URL('/indexes', url);
}

async function fetchReport(url: URL): Promise<IndexReport> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new Error(`no local cloud answers at ${url.origin}: start it, or check --ops`, { cause: error });
  });
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}: is it the ops server?`);
  return Report.parse(await response.json());
}
