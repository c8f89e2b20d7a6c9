import { type ChannelDocument, paths } from '@bellwether/contracts';
import {
  ChannelKeyError,
  type ChannelName,
  type NotifierConfig,
  checkChannel,
  placeOf,
  readChannel,
  readConfig,
  refusalOfAddress,
  sealChannel,
  sealedChannel,
} from '@bellwether/notifier';
import { isNotFound, repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { InputError } from '../input-error.ts';
import { notA } from '../not-a.ts';
import { type TenantOptions, answer } from '../stored/answer.ts';
import { asId } from '../stored/as-id.ts';
import { readChannelFile } from './read-channel-file.ts';

export interface DisableOptions extends TenantOptions {
  readonly reason: string;
}

/** A channel as it is listed: nothing of it is secret. */
interface Listed {
  readonly id: string;
  readonly kind: string;
  /** `invalid`: the notifier passes it over, for that reason. */
  readonly status: ChannelDocument['status'] | 'invalid';
  readonly place?: string;
  readonly reason?: string;
}

/** `bellwether channels list` */
export async function runChannelsList(options: TenantOptions): Promise<void> {
  await answer('channels', options, async (firestore, { environment }) => {
    const settings = settingsIn({ ...environment, CHANNEL_KEYS: undefined, CHANNEL_KEYS_FILE: undefined });
    const { docs } = await firestore.collection(paths.channels(options.tenant)).get();
    const listed = docs.map((document) => listedOf(document.id, document.data(), settings));
    return { json: listed, text: tableOf(options.tenant, listed) };
  });
}

/** `bellwether channels add ID FILE`: a new one, or another in the place of one. */
export async function runChannelsAdd(id: string, file: string, options: TenantOptions): Promise<void> {
  const { fields, newSecret } = await readChannelFile(file);
  await answer('channels', options, async (firestore, { environment }) => {
    const settings = settingsIn(environment);
    const { privateChannels } = settings;
    const checked = checkChannel({ ...fields, status: 'active' }, privateChannels);
    if (checked.kind === 'invalid') throw notA('channel', file, checked.problems);
    const { channel } = checked;
    const refusal = await refusalOfAddress(channel, privateChannels);
    if (refusal !== undefined) throw new InputError(`${file}: ${refusal}`);
    await store(firestore, settings, { tenant: options.tenant, id: asId('channel', id) }, channel);
    const place = placeOf(channel);
    const secret =
      newSecret === undefined ? '' : `It signs with this secret, which is shown once: ${newSecret}\n`;
    return {
      json: {
        id,
        kind: channel.kind,
        status: 'active',
        place,
        ...(newSecret === undefined ? {} : { newSecret }),
      },
      text: `${id} (${channel.kind}, ${place}) gets the alerts of ${options.tenant} from now on.\n${secret}`,
    };
  });
}

/** `bellwether channels disable ID` */
export async function runChannelsDisable(id: string, options: DisableOptions): Promise<void> {
  await answer('channels', options, async (firestore) => {
    await change(firestore, options.tenant, id, { status: 'disabled', disabledReason: options.reason });
    return { json: { id, status: 'disabled' }, text: `${id} gets no alerts any more.\n` };
  });
}

/** `bellwether channels enable ID`: also of one that its provider's answer had disabled. */
export async function runChannelsEnable(id: string, options: TenantOptions): Promise<void> {
  await answer('channels', options, async (firestore, { environment }) => {
    const { tenant } = options;
    const settings = settingsIn(environment);
    const stored = await repositoriesOf(firestore).channels.read(paths.channel(tenant, asId('channel', id)));
    if (stored === undefined) throw noSuch(tenant, id);
    const { disabledReason: _, ...rest } = stored.document;
    const channel = opened({ ...rest, status: 'active' }, settings, { tenant, id });
    await store(firestore, settings, { tenant, id }, channel);
    return { json: { id, status: 'active' }, text: `${id} gets alerts from now on.\n` };
  });
}

/** `bellwether channels reseal`: all of a tenant's, with the first key, also those that lie there in clear. */
export async function runChannelsReseal(options: TenantOptions): Promise<void> {
  await answer('channels', options, async (firestore, { environment }) => {
    const { tenant } = options;
    const settings = settingsIn(environment);
    const { docs } = await firestore.collection(paths.channels(tenant)).get();
    for (const document of docs) {
      const { id } = document;
      const channel = opened(document.data(), settings, { tenant, id });
      await store(firestore, settings, { tenant, id }, channel);
    }
    const ids = docs.map(({ id }) => id);
    const told = ids.length === 0 ? `${tenant} has no channel.` : `Sealed anew: ${ids.join(', ')}.`;
    return { json: ids, text: `${told}\n` };
  });
}

type Settings = Pick<NotifierConfig, 'privateChannels' | 'channelKeys'>;

/** What the notifier itself goes by. @throws InputError where it is malformed, whatever is stored. */
function settingsIn(environment: NodeJS.ProcessEnv): Settings {
  try {
    return readConfig(environment);
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws InputError where it is no channel, or sealed with a key that is not given. */
function opened(
  stored: unknown,
  { privateChannels: allowed, channelKeys: keys }: Settings,
  name: ChannelName,
): ChannelDocument {
  const read = readChannel(stored, name, { keys, allowed });
  if (read.kind === 'invalid') throw notA('channel', name.id, read.problems);
  return read.channel;
}

async function store(
  firestore: Firestore,
  { channelKeys }: Settings,
  name: ChannelName,
  channel: ChannelDocument,
): Promise<void> {
  try {
    const sealed = sealChannel(channel, name, channelKeys);
    await repositoriesOf(firestore).channels.set(paths.channel(name.tenant, name.id), sealed);
  } catch (error) {
    throw error instanceof ChannelKeyError ? new InputError(`${name.id}: ${error.message}`) : error;
  }
}

async function change(
  firestore: Firestore,
  tenant: string,
  id: string,
  fields: Partial<ChannelDocument>,
): Promise<void> {
  try {
    await repositoriesOf(firestore).channels.update(paths.channel(tenant, asId('channel', id)), fields);
  } catch (error) {
    throw isNotFound(error) ? noSuch(tenant, id) : error;
  }
}

function noSuch(tenant: string, id: string): InputError {
  return new InputError(`${id}: ${tenant} has no such channel; \`bellwether channels list\` names them`);
}

/** What is sealed is listed by what it says of itself: no key is needed for that. */
function listedOf(id: string, document: unknown, { privateChannels }: Settings): Listed {
  const sealed = sealedChannel(document);
  if (sealed !== undefined) {
    const { kind, status, place, disabledReason: reason } = sealed;
    return { id, kind, status, place, ...(reason === undefined ? {} : { reason }) };
  }
  const checked = checkChannel(document, privateChannels);
  if (checked.kind === 'invalid')
    return { id, kind: kindOf(document), status: 'invalid', reason: checked.problems };
  const { kind, status, disabledReason } = checked.channel;
  const reason = disabledReason === undefined ? {} : { reason: disabledReason };
  return { id, kind, status, place: placeOf(checked.channel), ...reason };
}

function kindOf(document: unknown): string {
  const kind = typeof document === 'object' && document !== null && 'kind' in document ? document.kind : '';
  return typeof kind === 'string' && /^\w{1,32}$/.test(kind) ? kind : 'unknown';
}

function tableOf(tenant: string, listed: readonly Listed[]): string {
  if (listed.length === 0)
    return `${tenant} has no channel: nobody is told. \`bellwether channels add --help\` says how one is added.\n`;
  const rows = listed.map(({ id, kind, status, place = '', reason = '' }) =>
    [id.padEnd(16), kind.padEnd(15), status.padEnd(9), place, reason.replaceAll('\n', ' ')]
      .filter((cell) => cell !== '')
      .join(' '),
  );
  const isTold = listed.some(({ status }) => status === 'active');
  return `${rows.join('\n')}\n${isTold ? '' : 'None of them is active: nobody is told.\n'}`;
}
