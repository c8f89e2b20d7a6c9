import { paths } from '@bellwether/contracts';
import {
  type AlertType,
  type Notice,
  alertTypeOf,
  faultOfTemplate,
  isAlertType,
  placeholdersOf,
  previewAlert,
  readNotice,
  sampleNotice,
} from '@bellwether/notifier';
import { repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { text as contentOf } from 'node:stream/consumers';
import { InputError } from '../input-error.ts';
import { type TenantOptions, answer } from '../stored/answer.ts';
import { textOf } from './text-of-message.ts';

export interface PreviewOptions extends TenantOptions {
  readonly text?: string;
  readonly event?: string;
}

/** A template as it is listed. */
interface Listed {
  readonly eventType: string;
  readonly text?: string;
  /** The notifier passes it over, for that reason. */
  readonly invalid?: string;
}

/** `bellwether templates list` */
export async function runTemplatesList(options: TenantOptions): Promise<void> {
  await answer('templates', options, async (firestore) => {
    const { docs } = await firestore.collection(paths.templates(options.tenant)).get();
    const listed = docs.map((document) => listedOf(document.id, document.data()));
    return { json: listed, text: tableOf(options.tenant, listed) };
  });
}

/** `bellwether templates show TYPE` */
export async function runTemplatesShow(of: string, options: TenantOptions): Promise<void> {
  await answer('templates', options, async (firestore) => {
    const eventType = asAlertType(of);
    const text = await storedText(firestore, options.tenant, eventType);
    const names = placeholdersOf(eventType);
    const known = names.map((name) => `{${name}}`).join(' ');
    return {
      json: { eventType, ...(text === undefined ? {} : { text }), names },
      text: `${text ?? `Alerts of ${eventType} begin as usual.`}\nA template may hold ${known}\n`,
    };
  });
}

/** `bellwether templates set TYPE TEXT` */
export async function runTemplatesSet(of: string, given: string, options: TenantOptions): Promise<void> {
  const text = given === '-' ? (await contentOf(process.stdin)).trimEnd() : given;
  const eventType = checked(of, text);
  await answer('templates', options, async (firestore) => {
    await repositoriesOf(firestore).templates.set(paths.template(options.tenant, eventType), { text });
    return {
      json: { eventType, text },
      text: `Alerts of ${eventType} begin like this from now on: ${firstLineOf(sampleNotice(eventType), text)}\n`,
    };
  });
}

/** `bellwether templates remove TYPE` */
export async function runTemplatesRemove(of: string, options: TenantOptions): Promise<void> {
  await answer('templates', options, async (firestore) => {
    const { templates } = repositoriesOf(firestore);
    const path = paths.template(options.tenant, asName(of));
    if ((await templates.read(path)) === undefined) throw noSuch(options.tenant, of);
    await templates.remove(path);
    return { json: { eventType: of }, text: `Alerts of ${of} begin as usual again.\n` };
  });
}

/** `bellwether templates preview TYPE` */
export async function runTemplatesPreview(of: string, options: PreviewOptions): Promise<void> {
  await answer('templates', options, async (firestore) => {
    const { tenant, event } = options;
    const eventType = options.text === undefined ? asAlertType(of) : checked(of, options.text);
    const template = options.text ?? (await storedText(firestore, tenant, eventType));
    const notice = event === undefined ? sampleNotice(eventType) : await stored(firestore, tenant, event);
    const found = alertTypeOf(notice);
    if (found !== eventType) throw new InputError(`--event: ${event} is a ${found}, not a ${eventType}`);
    const message = previewAlert(notice, template);
    const by = template === undefined ? 'as usual' : 'by its template';
    return {
      json: { eventType, ...(template === undefined ? {} : { template }), message },
      text: `${textOf(message)}\n(${event === undefined ? 'a sample, ' : ''}${by}; nothing is sent)\n`,
    };
  });
}

async function stored(firestore: Firestore, tenant: string, event: string): Promise<Notice> {
  const notice = await readNotice(firestore, tenant, event);
  if (notice === undefined)
    throw new InputError(`--event: no account of ${tenant} has an event ${event} that is told`);
  return notice;
}

/** The tenant's own template, unless the notifier passes that over. */
async function storedText(
  firestore: Firestore,
  tenant: string,
  eventType: AlertType,
): Promise<string | undefined> {
  const found = await repositoriesOf(firestore).templates.read(paths.template(tenant, eventType));
  if (found === undefined || faultOfTemplate(eventType, found.document) !== undefined) return undefined;
  return found.document.text;
}

/** @throws InputError when it is no template of alerts of that type. */
function checked(of: string, text: string): AlertType {
  const eventType = asAlertType(of);
  const fault = faultOfTemplate(eventType, { text });
  if (fault !== undefined) throw new InputError(fault);
  return eventType;
}

function asAlertType(of: string): AlertType {
  if (isAlertType(of)) return of;
  throw new InputError(faultOfTemplate(of, {}) ?? `"${of}" is no event of alerts`);
}

/** Of a document that is there, whatever it is named. */
function asName(of: string): string {
  if (/^\w{1,64}$/.test(of)) return of;
  throw new InputError(`${JSON.stringify(of)} is no event of alerts`);
}

function firstLineOf(notice: Notice, template: string): string {
  return previewAlert(notice, template).content;
}

function listedOf(eventType: string, document: unknown): Listed {
  const invalid = faultOfTemplate(eventType, document);
  const text = typeof document === 'object' && document !== null && 'text' in document ? document.text : '';
  return {
    eventType,
    ...(typeof text === 'string' && text !== '' ? { text } : {}),
    ...(invalid === undefined ? {} : { invalid }),
  };
}

function tableOf(tenant: string, listed: readonly Listed[]): string {
  if (listed.length === 0)
    return `${tenant} has no template: its alerts begin as usual. \`bellwether templates set --help\` says how one is set.\n`;
  const rows = listed.map(({ eventType, text = '', invalid }) =>
    invalid === undefined ? `${eventType.padEnd(24)} ${text}` : `${eventType.padEnd(24)} invalid: ${invalid}`,
  );
  return `${rows.join('\n')}\n`;
}

function noSuch(tenant: string, of: string): InputError {
  return new InputError(`${of}: ${tenant} has no such template; \`bellwether templates list\` names them`);
}
