import { PulseView } from '@bellwether/contracts';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';
import { runningIn } from '../stored/running-system.ts';
import { pulseScreen } from './pulse-screen.ts';

export interface PulseOptions {
  readonly tenant?: string;
  readonly account?: string;
  readonly url?: string;
  readonly dataDir: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** `bellwether pulse`: until Ctrl-C, or until the pulse ends. */
export async function runPulse(options: PulseOptions): Promise<void> {
  for await (const view of viewsOf(addressOf(options))) {
    process.stdout.write(options.json === true ? `${JSON.stringify(view)}\n` : shown(view));
    if (options.once === true) break;
  }
  process.exit(0);
}

function addressOf({ url: named, dataDir, tenant, account }: PulseOptions): URL {
  const url = named ?? process.env['PULSE_URL'] ?? runningIn(userPath(dataDir))?.['PULSE_URL'];
  if (url !== undefined && !/^https?:\/\/./.test(url))
    throw new InputError(`${named === undefined ? 'PULSE_URL' : '--url'}: is no address of HTTP: "${url}"`);
  if (url === undefined || !URL.canParse(url))
    throw new InputError(
      'pulse: needs a running system: run "npm start", name its --data-dir, or its pulse by --url or PULSE_URL, such as http://127.0.0.1:8790',
    );
  const address = new URL('/pulse', url);
  if (tenant !== undefined) address.searchParams.set('tenant', tenant);
  if (account !== undefined) address.searchParams.set('account', account);
  return address;
}

/** @throws InputError where nothing answers, or there is nothing to tell of what was asked. */
async function* viewsOf(address: URL): AsyncGenerator<PulseView, void> {
  const response = await fetch(address).catch((error: unknown) => {
    throw new InputError(`--url: no pulse answers at ${address.origin}`, { cause: error });
  });
  if (!response.ok || response.body === null) throw new InputError(refusalOf(await response.text()));
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) }))
    if (line.startsWith('data: ')) yield PulseView.parse(JSON.parse(line.slice('data: '.length)));
}

/** A problem's detail, where the answer is one. */
function refusalOf(answer: string): string {
  try {
    const { detail } = z.object({ detail: z.string() }).parse(JSON.parse(answer));
    return /^(?:tenant|account): /.test(detail) ? `--${detail}` : `pulse: ${detail}`;
  } catch {
    return `pulse: ${answer}`;
  }
}

/** On a terminal each takes the place of the one before. */
function shown(view: PulseView): string {
  const screen = pulseScreen(view);
  return process.stdout.isTTY ? `\u001b[H\u001b[2J${screen}` : screen;
}
