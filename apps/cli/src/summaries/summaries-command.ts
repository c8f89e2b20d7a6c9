import { type SummaryDocument, paths } from '@bellwether/contracts';
import { checkSummary, nextDueAt, previewSummary } from '@bellwether/notifier';
import { systemClock } from '@bellwether/observability';
import { repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { InputError } from '../input-error.ts';
import { notA } from '../not-a.ts';
import { type TenantOptions, answer } from '../stored/answer.ts';
import { asId } from '../stored/as-id.ts';

export interface SetOptions extends TenantOptions {
  readonly period: string;
  readonly zone: string;
  readonly at: string;
}

/** A summary as it is listed. */
type Listed =
  | ({ readonly id: string; readonly nextAt?: string } & SummaryDocument)
  /** The notifier passes it over, for that reason. */
  | { readonly id: string; readonly invalid: string };

/** `bellwether summaries list` */
export async function runSummariesList(options: TenantOptions): Promise<void> {
  await answer('summaries', options, async (firestore) => {
    const { docs } = await firestore.collection(paths.summaries(options.tenant)).get();
    const listed = docs.map((document) => listedOf(document.id, document.data()));
    return { json: listed, text: tableOf(options.tenant, listed) };
  });
}

/** `bellwether summaries set ID`: what was due before is not told; of one that is told already, what is left is. */
export async function runSummariesSet(id: string, options: SetOptions): Promise<void> {
  await answer('summaries', options, async (firestore) => {
    const { tenant, period, zone, at } = options;
    const { summaries } = repositoriesOf(firestore);
    const path = pathOf(tenant, id);
    const before = (await summaries.read(path))?.document;
    const since = before?.isActive === true ? before.since : systemClock.now();
    const checked = checkSummary({
      isActive: true,
      period,
      zone,
      at,
      ...(since === undefined ? {} : { since }),
    });
    if (checked.kind === 'invalid') throw notA('summary', id, checked.problems);
    await summaries.set(path, checked.summary);
    const nextAt = nextOf(checked.summary);
    return {
      json: { id, ...checked.summary, nextAt },
      text: `${id} tells ${tenant} of each ${period}, next at ${nextAt}.\n`,
    };
  });
}

/** `bellwether summaries off ID` */
export async function runSummariesOff(id: string, options: TenantOptions): Promise<void> {
  await answer('summaries', options, async (firestore) => {
    await readSummary(firestore, options.tenant, id);
    await repositoriesOf(firestore).summaries.update(pathOf(options.tenant, id), { isActive: false });
    return { json: { id, isActive: false }, text: `${id} is told no more.\n` };
  });
}

/** `bellwether summaries preview ID` */
export async function runSummariesPreview(id: string, options: TenantOptions): Promise<void> {
  await answer('summaries', options, async (firestore) => {
    const checked = checkSummary(await readSummary(firestore, options.tenant, id));
    if (checked.kind === 'invalid') throw notA('summary', id, checked.problems);
    const { words } = await previewSummary(firestore, options.tenant, checked.summary, systemClock.now());
    const lines = words.details.map(({ name, value }) => `  ${name}: ${value}\n`);
    return { json: { id, ...words }, text: [`${words.headline}\n`, ...lines].join('') };
  });
}

async function readSummary(firestore: Firestore, tenant: string, id: string): Promise<SummaryDocument> {
  const stored = await repositoriesOf(firestore).summaries.read(pathOf(tenant, id));
  if (stored !== undefined) return stored.document;
  throw new InputError(`${id}: ${tenant} has no such summary; \`bellwether summaries list\` names them`);
}

function listedOf(id: string, document: unknown): Listed {
  const checked = checkSummary(document);
  if (checked.kind === 'invalid') return { id, invalid: checked.problems };
  const { summary } = checked;
  return { id, ...summary, ...(summary.isActive ? { nextAt: nextOf(summary) } : {}) };
}

function nextOf(summary: SummaryDocument): string {
  return new Date(nextDueAt(summary, systemClock.now())).toISOString();
}

function pathOf(tenant: string, id: string): string {
  return paths.summary(tenant, asId('summary', id));
}

function tableOf(tenant: string, listed: readonly Listed[]): string {
  if (listed.length === 0)
    return `${tenant} has no summary. \`bellwether summaries set --help\` says how one is set.\n`;
  const rows = listed.map((each) => {
    const name = each.id.padEnd(16);
    if ('invalid' in each) return `${name} invalid ${each.invalid.replaceAll(/\s*\n\s*/g, ' ')}`;
    const when = each.nextAt === undefined ? 'off' : `next at ${each.nextAt}`;
    return `${name} each ${each.period.padEnd(4)} at ${each.at} ${each.zone}, ${when}`;
  });
  return `${rows.join('\n')}\n`;
}
