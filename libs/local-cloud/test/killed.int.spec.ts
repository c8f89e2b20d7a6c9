import { Firestore } from '@google-cloud/firestore';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startCloud } from '../src/index.ts';
import type { DiscordMessage, RunningCloud } from '../src/index.ts';

const universeDomain = 'googleapis.com'; // else the clients look for credentials to learn it

describe('a cloud that was killed while clients wrote', () => {
  const answered = { firestore: [] as string[], pubsub: [] as string[], discord: [] as string[] };
  let dataDir: string;
  let cloud: RunningCloud;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'killed-'));
    const killed = run('cloud-process.ts', [dataDir]);
    const { hosts, project } = await new Promise<Pick<RunningCloud, 'hosts' | 'project'>>(
      (resolve, reject) => {
        killed.once('message', resolve).once('exit', () => reject(new Error('the cloud ended at once')));
      },
    );
    const writer = run('writer-process.ts', [hosts.pubsub, hosts.firestore, hosts.discord, project]);
    writer.on('message', ({ service, text }: { service: keyof typeof answered; text: string }) => {
      answered[service].push(text);
      if (Object.values(answered).every(({ length }) => length >= 40)) killed.kill('SIGKILL');
    });
    await Promise.race([once(killed, 'exit'), once(writer, 'exit')]);
    killed.kill('SIGKILL');
    writer.kill('SIGKILL');
    cloud = await startCloud({ dataDir });
  });
  afterAll(async () => {
    await cloud.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('has every commit that Firestore answered, whole', async () => {
    const { hosts, project: projectId } = cloud;
    const firestore = new Firestore({ projectId, host: hosts.firestore, ssl: false, universeDomain });
    const [left, right] = await Promise.all(
      ['left', 'right'].map(async (name) =>
        (await firestore.collection(name).get()).docs.map(({ id }) => id),
      ),
    );
    expect(answered.firestore.length).toBeGreaterThanOrEqual(40);
    expect(left).toEqual(expect.arrayContaining(answered.firestore));
    expect(right).toEqual(left);
    await firestore.terminate();
  });

  it('has every message that Pub/Sub answered', async () => {
    const { hosts, project: projectId } = cloud;
    const pubsub = new PubSub({ projectId, apiEndpoint: hosts.pubsub, emulatorMode: true, universeDomain });
    const subscription = pubsub.subscription('orders-all');
    const missing = new Set(answered.pubsub);
    expect(missing.size).toBeGreaterThanOrEqual(40);
    await new Promise<void>((resolve, reject) => {
      subscription.on('error', reject).on('message', (message) => {
        message.ack();
        missing.delete(message.data.toString());
        if (missing.size === 0) resolve();
      });
    });
    await subscription.close();
    await pubsub.close();
  });

  it('has every message that Discord answered', async () => {
    expect(answered.discord.length).toBeGreaterThanOrEqual(40);
    const kept = new Set<string>();
    for (let after: string | undefined = '0'; after !== undefined;) {
      const response = await fetch(`http://${cloud.hosts.discord}/log?after=${after}`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sink's own form
      const { messages } = (await response.json()) as { messages: DiscordMessage[] };
      for (const { content } of messages) kept.add(content);
      after = messages.at(-1)?.id;
    }
    const missing = answered.discord.filter((text) => !kept.has(text));
    expect(missing).toEqual([]);
  });
});

function run(module: string, args: readonly string[]): ChildProcess {
  const hook = pathToFileURL(join(import.meta.dirname, 'typescript-hook.mjs')).href;
  return fork(join(import.meta.dirname, module), args, { execArgv: ['--import', hook] });
}
