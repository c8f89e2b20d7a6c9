import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Server, createServer } from 'node:net';
import type { AddressInfo, LookupFunction } from 'node:net';
import { guardedLookup } from '../src/http/guarded-lookup.ts';
import { guardedHttp } from '../src/http/send-guarded.ts';
import type { HttpRequest } from '../src/http/send-http.ts';
import { sendMail } from '../src/email/send-mail.ts';
import { ScriptedHttp } from './scripted-http.ts';
import { ScriptedSmtp } from './scripted-smtp.ts';

let server: ScriptedHttp;

beforeAll(async () => {
  server = await ScriptedHttp.start({ status: 200, body: 'ok' });
});
beforeEach(() => server.script());
afterAll(async () => server.close());

const asked = (url: string, timeoutMs = 5_000): HttpRequest => ({
  url,
  method: 'POST',
  body: '{"a":1}',
  headers: { 'x-of': 'ours' },
  signal: AbortSignal.timeout(timeoutMs),
});

/** A name that stands for the first address when it is looked up at first, and for the second from then on. */
function rebinding(...addresses: readonly string[]): { lookup: LookupFunction; looked: () => number } {
  let times = 0;
  const resolve = (_: string, __: object, answer: (error: null, found: object[]) => void) => {
    const address = addresses[Math.min(times, addresses.length - 1)];
    times += 1;
    answer(null, [{ address, family: 4 }]);
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is asked in one form alone
  return { lookup: guardedLookup('none', resolve as never), looked: () => times };
}

describe('a request to an address that a tenant chose', () => {
  it('is JSON with its headers, and answered with status, headers and body', async () => {
    server.script({ status: 418, headers: { 'retry-after': '7' }, body: 'short and stout' });
    const result = await guardedHttp('loopback')(asked(`${server.base}/path?q=1`));
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 418, body: 'short and stout' } });
    expect(result.kind === 'answered' && result.answer.header('retry-after')).toBe('7');
    expect(server.requests).toMatchObject([
      { path: '/path?q=1', body: '{"a":1}', headers: { 'content-type': 'application/json', 'x-of': 'ours' } },
    ]);
  });

  it('goes nowhere that is not public', async () => {
    const { port } = new URL(server.base);
    for (const url of [server.base, `https://127.0.0.1:${port}`, `https://[::ffff:127.0.0.1]:${port}`, 'x'])
      expect(await guardedHttp('none')(asked(url))).toEqual({
        kind: 'failed',
        reason: 'EADDRESSREFUSED',
        mayHaveArrived: false,
      });
    expect(server.requests).toEqual([]);
  });

  it('goes to no name that stands for what is not public when it is connected to', async () => {
    const { port } = new URL(server.base);
    const { lookup, looked } = rebinding('127.0.0.1');
    const result = await guardedHttp('none', lookup)(asked(`https://rebinding.example.com:${port}/`));
    expect(result).toEqual({ kind: 'failed', reason: 'EADDRESSREFUSED', mayHaveArrived: false });
    expect([looked(), server.requests]).toEqual([1, []]);
  });

  it('judges the very address that it connects to: a name is looked up once', async () => {
    const { port } = new URL(server.base);
    const { lookup, looked } = rebinding('93.184.216.34', '127.0.0.1');
    await guardedHttp('none', lookup)(asked(`https://rebinding.example.com:${port}/`, 300));
    expect([looked(), server.requests]).toEqual([1, []]);
  });

  it('follows no redirect', async () => {
    server.script({ status: 302, headers: { location: '/elsewhere' } });
    const result = await guardedHttp('loopback')(asked(server.base));
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 302 } });
    expect(server.requests).toHaveLength(1);
  });

  it('reads no more than the first 64 KiB of an answer', async () => {
    server.script({ status: 200, body: 'x'.repeat(10_000_000) });
    const result = await guardedHttp('loopback')(asked(server.base));
    expect(result.kind === 'answered' && result.answer.body.length).toBe(65_536);
  });

  it('has not arrived where nobody listens, and may have where nobody answers', async () => {
    const closed = await listen();
    const { port } = addressOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(await guardedHttp('loopback')(asked(`http://127.0.0.1:${port}/`))).toEqual({
      kind: 'failed',
      reason: 'ECONNREFUSED',
      mayHaveArrived: false,
    });
    server.script('cut', 'nothing');
    expect(await guardedHttp('loopback')(asked(server.base))).toEqual({
      kind: 'failed',
      reason: 'ECONNRESET',
      mayHaveArrived: true,
    });
    expect(await guardedHttp('loopback')(asked(server.base, 300))).toEqual({
      kind: 'failed',
      reason: 'TimeoutError',
      mayHaveArrived: true,
    });
  });

  it('has not arrived before TLS stands', async () => {
    const silent = await listen();
    const url = `https://127.0.0.1:${addressOf(silent).port}/`;
    expect(await guardedHttp('loopback')(asked(url, 300))).toEqual({
      kind: 'failed',
      reason: 'TimeoutError',
      mayHaveArrived: false,
    });
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe('a mail to a server that a tenant chose', () => {
  const mail = {
    messageId: '<m@example.com>',
    from: 'a@example.com',
    to: ['b@example.com'],
    subject: 's',
    text: 't',
    html: 'h',
    charts: [],
    date: new Date(0),
    headers: {},
  };
  const serverAt = (host: string, port: number) =>
    ({ kind: 'email', host, port, security: 'none', from: mail.from, to: mail.to }) as const;
  const refused = { kind: 'failed', reason: 'EADDRESSREFUSED', mayHaveArrived: false };

  it('goes nowhere that is not public, by its address or by what its name stands for', async () => {
    const smtp = await ScriptedSmtp.start();
    const signal = AbortSignal.timeout(5_000);
    expect(await sendMail('none')(serverAt('127.0.0.1', smtp.port), mail, signal)).toEqual(refused);
    const { lookup, looked } = rebinding('127.0.0.1');
    const named = serverAt('smtp.example.com', smtp.port);
    expect(await sendMail('none', lookup)(named, mail, signal)).toEqual(refused);
    expect([looked(), smtp.said]).toEqual([1, []]);
    await smtp.close();
  });

  it('carries its pictures', async () => {
    const smtp = await ScriptedSmtp.start();
    const charts = [{ name: 'chart-0.png', png: Buffer.from('picture') }];
    const sent = await sendMail('loopback')(
      serverAt('127.0.0.1', smtp.port),
      { ...mail, charts },
      AbortSignal.timeout(5_000),
    );
    expect(sent).toEqual({ kind: 'accepted' });
    expect(smtp.mails[0]?.data).toMatch(/Content-Type: image\/png; name=chart-0\.png/);
    expect(smtp.mails[0]?.data).toMatch(/content-id: <chart-0\.png>/i);
    expect(smtp.mails[0]?.data).toContain(Buffer.from('picture').toString('base64'));
    await smtp.close();
  });

  it('is not sent without TLS where that is asked for', async () => {
    const smtp = await ScriptedSmtp.start();
    smtp.script();
    const secured = {
      ...serverAt('127.0.0.1', smtp.port),
      security: 'startTls',
      password: 'secret',
    } as const;
    expect(await sendMail('loopback')(secured, mail, AbortSignal.timeout(5_000))).toMatchObject({
      kind: 'answered',
      command: 'STARTTLS',
    });
    expect(smtp.mails).toEqual([]);
    expect(smtp.said.join(' ')).not.toMatch(/AUTH|MAIL/);
    await smtp.close();
  });
});

async function listen(): Promise<Server> {
  const silent = createServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  return silent;
}

function addressOf(silent: Server): AddressInfo {
  return silent.address() as AddressInfo; // oxlint-disable-line typescript/no-unsafe-type-assertion -- it listens on a port
}
