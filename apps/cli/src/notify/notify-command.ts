import { type ChannelTested, testChannel } from '@bellwether/notifier';
import { createLogger } from '@bellwether/observability';
import { InputError } from '../input-error.ts';
import { loginActor } from '../login-actor.ts';
import { asId } from '../stored/as-id.ts';
import { withFirestore } from '../stored/with-firestore.ts';

export interface NotifyTestOptions {
  readonly tenant: string;
  readonly channel: string;
  readonly dataDir?: string;
  readonly json?: boolean;
  readonly actor?: string;
}

/** `bellwether notify test`: exit code 0 when the message arrived, 1 when it did not, 2 when there is no such channel. */
export async function runNotifyTest(options: NotifyTestOptions): Promise<void> {
  const [tenant, channelId] = [asId('tenant', options.tenant), asId('channel', options.channel)];
  const { dataDir, actor = loginActor() } = options;
  const tested = await withFirestore('notify', dataDir, async (firestore, { environment }) =>
    testChannel(firestore, environment, silent, { tenant, channelId, actor }),
  );
  if (options.json === true) process.stdout.write(`${JSON.stringify(tested)}\n`);
  else if (tested.outcome === 'invalid')
    throw new InputError(`${channelId}: ${tested.reason ?? 'is no channel'}`);
  else process.stdout.write(`${sentenceOf(channelId, tested)}\n`);
  process.exit(exitCodes[tested.outcome]);
}

const silent = createLogger({ service: 'notify', level: 'silent' });
const exitCodes = { sent: 0, dead: 1, limited: 1, invalid: 2 } as const;

function sentenceOf(channelId: string, tested: ChannelTested): string {
  const { outcome, kind, reason, messageId, attempts, possibleRepeat, tookMs, dueAt } = tested;
  const tries = attempts === 1 ? '' : ` in ${attempts} requests`;
  const repeat = possibleRepeat ? ', perhaps more than once' : '';
  if (outcome === 'sent')
    return `${channelId} (${kind}) took the message within ${tookMs} ms${tries}${repeat}: ${messageId}`;
  if (outcome === 'limited') {
    const until = dueAt === undefined ? '' : ` before ${new Date(dueAt).toISOString()}`;
    return `${channelId} (${kind}) is not to be asked again${until}: its provider limits it`;
  }
  return `${channelId} (${kind}) did not take the message${tries}${repeat}: ${reason}`;
}
