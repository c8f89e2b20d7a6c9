import { paths } from '@bellwether/contracts';
import { checkRule } from '@bellwether/notifier';
import { repositoriesOf } from '@bellwether/store';
import { InputError } from '../input-error.ts';
import { notA } from '../not-a.ts';
import { readJsonObject } from '../read-json.ts';
import { type TenantOptions, answer } from '../stored/answer.ts';
import { asId } from '../stored/as-id.ts';
import { type ListedRule, inOrder, tableOf } from './describe-rules.ts';

/** `bellwether rules list` */
export async function runRulesList(options: TenantOptions): Promise<void> {
  await answer('rules', options, async (firestore) => {
    const { docs } = await firestore.collection(paths.rules(options.tenant)).get();
    const listed = inOrder(docs.map((document) => listedOf(document.id, document.data())));
    return { json: listed, text: tableOf(options.tenant, listed) };
  });
}

/** `bellwether rules show ID` */
export async function runRulesShow(id: string, options: TenantOptions): Promise<void> {
  await answer('rules', options, async (firestore) => {
    const stored = await repositoriesOf(firestore).rules.read(pathOf(options.tenant, id));
    if (stored === undefined) throw noSuch(options.tenant, id);
    return { json: stored.document, text: `${JSON.stringify(stored.document, undefined, 2)}\n` };
  });
}

/** `bellwether rules set ID FILE`: a new one, or another in the place of one. */
export async function runRulesSet(id: string, file: string, options: TenantOptions): Promise<void> {
  const checked = checkRule(await readJsonObject(file, '{"order": 1, "delivery": "silent"}'));
  if (checked.kind === 'invalid') throw notA('rule', file, checked.problems);
  const { rule } = checked;
  await answer('rules', options, async (firestore) => {
    await repositoriesOf(firestore).rules.set(pathOf(options.tenant, id), rule);
    return { json: { id, ...rule }, text: `${id} decides alerts of ${options.tenant} from now on.\n` };
  });
}

/** `bellwether rules remove ID` */
export async function runRulesRemove(id: string, options: TenantOptions): Promise<void> {
  await answer('rules', options, async (firestore) => {
    const { rules } = repositoriesOf(firestore);
    const path = pathOf(options.tenant, id);
    if ((await rules.read(path)) === undefined) throw noSuch(options.tenant, id);
    await rules.remove(path);
    return { json: { id }, text: `${id} decides nothing any more.\n` };
  });
}

function listedOf(id: string, document: unknown): ListedRule {
  const checked = checkRule(document);
  return checked.kind === 'valid' ? { id, ...checked.rule } : { id, invalid: checked.problems };
}

function pathOf(tenant: string, id: string): string {
  return paths.rule(tenant, asId('rule', id));
}

function noSuch(tenant: string, id: string): InputError {
  return new InputError(`${id}: ${tenant} has no such rule; \`bellwether rules list\` names them`);
}
