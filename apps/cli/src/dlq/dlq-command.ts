import { connectPubSub } from '@bellwether/bus';
import { topologyOf } from '@bellwether/contracts';
import { connectFirestore } from '@bellwether/store';
import { readFile } from 'node:fs/promises';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';
import { loginActor } from '../login-actor.ts';
import { shardsOf } from '../shards-of.ts';
import { type Answer, type AnswerOptions, endWith } from '../stored/answer.ts';
import { asId } from '../stored/as-id.ts';
import { withCloud } from '../stored/with-cloud.ts';
import { wholeNumber } from '../whole-number.ts';
import { ActionRefused, type By } from './action-refused.ts';
import { DeadLetters } from './dead-letters.ts';
import { type Group, detailsOf, groupsOf, tableOf, tableOfGroups } from './describe.ts';

export interface DlqListOptions extends AnswerOptions {
  readonly cause?: string;
  readonly acted?: boolean;
  readonly limit: string;
}
/** Which ones: by their ids, or by these. */
export interface DlqActOptions extends AnswerOptions {
  readonly cause?: string;
  readonly all?: boolean;
  readonly actor?: string;
}
export interface DlqRetryOptions extends DlqActOptions {
  readonly again?: boolean;
}
export interface DlqDiscardOptions extends DlqActOptions {
  readonly reason: string;
}
export interface DlqEditOptions extends AnswerOptions {
  readonly channel?: string;
  readonly data?: string;
  readonly attribute?: readonly string[];
  readonly actor?: string;
}

/** What an action came to, of one dead letter. */
interface Acted {
  readonly id: string;
  /** Why nothing was done. */
  readonly refused?: string;
}

const mostAtOnce = 10_000;

/** `bellwether dlq list` */
export async function runDlqList(options: DlqListOptions): Promise<void> {
  const limit = wholeNumber('--limit', options.limit, 1, mostAtOnce);
  await over(options, async (letters) => {
    const found = await letters.list({ ...selectionOf(options), limit, acted: options.acted === true });
    return { json: found, text: tableOf(found) };
  });
}

/** `bellwether dlq groups` */
export async function runDlqGroups(options: AnswerOptions): Promise<void> {
  await over(options, async (letters) => {
    const found: readonly Group[] = groupsOf(
      await letters.list({ ...selectionOf(options), limit: mostAtOnce }),
    );
    return { json: found, text: tableOfGroups(found) };
  });
}

/** `bellwether dlq show ID` */
export async function runDlqShow(id: string, options: AnswerOptions): Promise<void> {
  await over(options, async (letters) => {
    const found = await letters.read(id);
    return { json: found, text: detailsOf(found) };
  });
}

/** `bellwether dlq retry ID...` */
export async function runDlqRetry(ids: readonly string[], options: DlqRetryOptions): Promise<void> {
  await act('retried', ids, options, async (letters, id, by) =>
    letters.retry(id, by, options.again === true),
  );
}

/** `bellwether dlq discard ID...` */
export async function runDlqDiscard(ids: readonly string[], options: DlqDiscardOptions): Promise<void> {
  const { reason } = options;
  await act('discarded', ids, options, async (letters, id, by) => letters.discard(id, { ...by, reason }));
}

/** `bellwether dlq edit ID`: changes it, and tries it again. */
export async function runDlqEdit(id: string, options: DlqEditOptions): Promise<void> {
  await act('retried as edited', [id], options, async (letters, each, by) => {
    const { channel, data, attribute = [] } = options;
    const attributes = attribute.map(attributeOf);
    const edit = {
      ...(channel === undefined ? {} : { channel }),
      ...(data === undefined ? {} : { data: await contentOf(data) }),
      ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
    };
    await letters.edit(each, edit, by);
  });
}

async function act(
  done: string,
  ids: readonly string[],
  options: DlqActOptions,
  run: (letters: DeadLetters, id: string, by: By) => Promise<void>,
): Promise<void> {
  const { cause, all = false } = options;
  const ways = [ids.length > 0, cause !== undefined, all].filter(Boolean).length;
  if (ways !== 1) throw new InputError('say which: by their ids, or by --cause, or --all of them');
  await over(options, async (letters) => {
    const chosen = await choose(letters, ids, options);
    const actor = options.actor ?? loginActor();
    const acted: Acted[] = [];
    for (const id of chosen)
      acted.push(await actOn(id, async () => run(letters, id, { actor, at: Date.now() })));
    const refused = acted.filter((each) => each.refused !== undefined);
    const lines = refused.map((each) => `${each.id}: ${each.refused}`);
    const count = acted.length - refused.length;
    return {
      json: acted,
      text: [`${count} of ${acted.length} ${done}.`, ...lines, ''].join('\n'),
      code: refused.length === 0 ? 0 : 1,
    };
  });
}

async function actOn(id: string, run: () => Promise<void>): Promise<Acted> {
  try {
    await run();
    return { id };
  } catch (error) {
    if (error instanceof ActionRefused) return { id, refused: error.message };
    throw error;
  }
}

async function choose(
  letters: DeadLetters,
  ids: readonly string[],
  options: DlqActOptions,
): Promise<readonly string[]> {
  if (ids.length > 0) return ids;
  const found = await letters.list({ ...selectionOf(options), limit: mostAtOnce });
  return found.map(({ id }) => id);
}

function selectionOf({ tenant, cause }: { readonly tenant?: string; readonly cause?: string }) {
  return { ...(tenant === undefined ? {} : { tenant }), ...(cause === undefined ? {} : { cause }) };
}

function attributeOf(text: string): readonly [string, string] {
  const [, name, value] = /^([\w.-]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InputError(`--attribute: must be NAME=VALUE, not "${text}"`);
  return [name, value];
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(userPath(file));
  } catch (error) {
    throw new InputError(`--data: ${file} cannot be read`, { cause: error });
  }
}

const needs = ['FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST'] as const;

async function over(options: AnswerOptions, run: (letters: DeadLetters) => Promise<Answer>): Promise<void> {
  const { tenant, dataDir } = options;
  if (tenant !== undefined) asId('tenant', tenant);
  const found = await withCloud({ command: 'dlq', dataDir, needs }, async ({ environment }) =>
    connected(environment, run),
  );
  endWith(found, options);
}

async function connected(
  environment: NodeJS.ProcessEnv,
  run: (letters: DeadLetters) => Promise<Answer>,
): Promise<Answer> {
  const firestore = connectFirestore(environment);
  const pubsub = connectPubSub(environment);
  try {
    const letters = new DeadLetters(firestore, pubsub, topologyOf(shardsOf(undefined, environment)));
    const { left } = await letters.collect();
    if (left > 0)
      process.stderr.write(
        `${left} messages are too large for quarantine: they stay in their dead-letter topic\n`,
      );
    return await run(letters);
  } finally {
    await Promise.all([pubsub.close(), firestore.terminate()]);
  }
}
