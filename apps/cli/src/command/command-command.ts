import { CommandClient, connectPubSub } from '@bellwether/bus';
import { Command, type CommandReply } from '@bellwether/contracts';
import { createLogger, systemIds } from '@bellwether/observability';
import { refusalText } from '../account/refusal-text.ts';
import { InputError } from '../input-error.ts';
import { loginActor } from '../login-actor.ts';
import { jsonObjectOf, parseJson, readJsonObject } from '../read-json.ts';
import { explainIssues } from '../explain-issues.ts';
import { withCloud } from '../stored/with-cloud.ts';
import { commandNames, contentSchemaOf, fieldsOf, schemaOf } from './command-schemas.ts';

export interface ListOptions {
  readonly json?: boolean;
}

export interface SendOptions {
  readonly tenant: string;
  /** `{uid}.{name}` */
  readonly account: string;
  readonly data?: string;
  /** A path, or `-` for standard input. */
  readonly file?: string;
  readonly key?: string;
  readonly actor?: string;
  readonly reason?: string;
  /** Seconds. */
  readonly timeout: string;
  readonly json?: boolean;
  readonly dataDir?: string;
}

/** `bellwether command list` */
export function runCommandList({ json }: ListOptions): void {
  const commands = commandNames.map((name) => ({ name, fields: fieldsOf(schemaOf(name)) }));
  const lines = commands.map(({ name, fields }) => `${name.padEnd(18)}${fields.join(', ')}`);
  process.stdout.write(`${json === true ? JSON.stringify(commands) : lines.join('\n')}\n`);
}

/** `bellwether command show NAME` */
export function runCommandShow(name: string): void {
  process.stdout.write(`${JSON.stringify(contentSchemaOf(schemaOf(name)), undefined, 2)}\n`);
}

/** `bellwether command send NAME`: exit code 0 when it is committed, 1 when it is refused or nobody answers. */
export async function runCommandSend(name: string, options: SendOptions): Promise<void> {
  const seconds = Number(options.timeout);
  if (!(seconds > 0 && seconds <= 600))
    throw new InputError(`--timeout: must be seconds above 0, up to 600, not "${options.timeout}"`);
  const command = await readCommand(name, options);
  const reply = await withCloud(
    { command: 'command', dataDir: options.dataDir, needs: ['PUBSUB_EMULATOR_HOST'] },
    async ({ environment, isAlone }) => {
      if (isAlone) throw new InputError(`--data-dir: nothing runs over ${options.dataDir} that could answer`);
      return send(command, environment, seconds * 1_000);
    },
  );
  process.stdout.write(
    `${options.json === true ? JSON.stringify({ key: command.key, ...reply }) : told(command, reply)}\n`,
  );
  process.exit(reply.status === 'committed' ? 0 : 1);
}

/** @throws InputError that names each field and the reason. */
export async function readCommand(name: string, options: SendOptions): Promise<Command> {
  const schema = schemaOf(name);
  const { actor = loginActor(), reason = '' } = options;
  const asked = {
    ...('actor' in schema.shape ? { actor, reason } : {}),
    ...(await readContent(options)),
    name,
    key: options.key ?? `cli-${systemIds.next()}`,
    tenant: options.tenant,
    uid: options.account.split('.')[0],
    accountId: options.account,
  };
  const parsed = Command.safeParse(asked);
  if (parsed.success) return parsed.data;
  throw new InputError(
    [
      `${name}: the command is not valid`,
      ...explainIssues(asked, parsed.error),
      `  \`bellwether command show ${name}\` tells what it takes`,
    ].join('\n'),
  );
}

async function readContent({ data, file }: SendOptions): Promise<object> {
  const example = '{"symbol": "BTC-USDT"}';
  if (data !== undefined) return jsonObjectOf(parseJson(data, '--data'), '--data', example);
  return file === undefined ? {} : readJsonObject(file, example);
}

async function send(
  command: Command,
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<CommandReply> {
  const pubsub = connectPubSub(environment);
  const logger = createLogger({ service: 'cli', level: 'silent' });
  try {
    const client = await CommandClient.connect(pubsub, { name: 'cli', ids: systemIds, logger });
    try {
      return await client.request(command, { timeoutMs });
    } catch (error) {
      throw new Error(
        `no answer: it may be carried out nonetheless; send it again with --key ${command.key}, which acts once`,
        { cause: error },
      );
    } finally {
      await client.close();
    }
  } finally {
    await pubsub.close();
  }
}

function told({ name, tenant, accountId, key }: Command, reply: CommandReply): string {
  return reply.status === 'committed'
    ? `${name} is committed as entry ${reply.seq} of the journal of ${accountId} (key ${key}).`
    : `${name} is refused: ${refusalText(reply, { tenant, accountId })} (key ${key})`;
}
