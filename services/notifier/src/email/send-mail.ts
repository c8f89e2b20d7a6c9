import type { EmailSettings } from '@bellwether/contracts';
import { type Socket, connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { createTransport } from 'nodemailer';
import { refusalOfHost } from '../http/channel-url.ts';
import { guardedLookup } from '../http/guarded-lookup.ts';
import type { PrivateReach } from '../http/public-address.ts';
import type { Mail } from './mail.ts';

export type MailResult =
  | { readonly kind: 'accepted' }
  /** Refused: a reply of 4yz or 5yz to a command, or to what stands for it: `CONN`, `AUTH PLAIN`, `RCPT TO`, `DATA`. */
  | { readonly kind: 'answered'; readonly code: number; readonly command: string }
  /** No whole answer; `mayHaveArrived` is false when the mail itself was not begun. */
  | { readonly kind: 'failed'; readonly reason: string; readonly mayHaveArrived: boolean };

/** Hands a mail to its server and answers what became of it. Never throws. */
export type SendMail = (server: EmailSettings, mail: Mail, signal: AbortSignal) => Promise<MailResult>;

const stepMs = 10_000;

/** To hosts that tenants choose: public addresses only, each judged as it is connected to. One connection for each mail. */
export function sendMail(allowed: PrivateReach, lookup = guardedLookup(allowed)): SendMail {
  return async (server, mail, signal) => {
    if (refusalOfHost(server.host, allowed) !== undefined)
      return { kind: 'failed', reason: 'EADDRESSREFUSED', mayHaveArrived: false };
    const { host, port, security, username = '', password } = server;
    let isBegun = false;
    const transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'startTls',
      ignoreTLS: security === 'none',
      getSocket: (_, answer) => {
        const socket = connect({ host, port, lookup, signal });
        settle(socket, answer);
      },
      greetingTimeout: stepMs,
      socketTimeout: stepMs,
      socketCloseTimeout: 0,
      maxResponseSize: 65_536,
      tls: { minVersion: 'TLSv1.2' },
      ...(password === undefined ? {} : { auth: { user: username, pass: password } }),
    });
    transport.use('stream', ({ message }, done) => {
      message.transform(() => {
        isBegun = true;
        return new PassThrough();
      });
      done();
    });
    try {
      const { to, headers, charts, ...fields } = mail;
      const content = { ...fields, to: [...to], headers: { ...headers } };
      const attachments = charts.map(({ name, png }) => ({ filename: name, cid: name, content: png }));
      const nothingElse = { disableFileAccess: true, disableUrlAccess: true } as const;
      await transport.sendMail({ ...content, attachments, signal, ...nothingElse });
      return { kind: 'accepted' };
    } catch (error) {
      return resultOf(error, isBegun);
    } finally {
      transport.close();
    }
  };
}

/** Tells once whether the connection came about. */
function settle(
  socket: Socket,
  answer: (error: Error | null, options?: { readonly connection: Socket }) => void,
): void {
  const fail = (error: Error) => answer(error);
  socket.once('error', fail);
  socket.once('connect', () => {
    socket.off('error', fail);
    answer(null, { connection: socket });
  });
}

/** Codes and commands, never a message: those may hold what was said to the server. */
function resultOf(error: unknown, isBegun: boolean): MailResult {
  const { code, command, responseCode } = error instanceof Error ? fieldsOf(error) : {};
  if (responseCode !== undefined && responseCode >= 400)
    return { kind: 'answered', code: responseCode, command: command ?? 'CONN' };
  return { kind: 'failed', reason: code ?? 'unknown', mayHaveArrived: isBegun };
}

function fieldsOf(error: Error): { code?: string; command?: string; responseCode?: number } {
  const { code, command, responseCode } = error as Error & Readonly<Record<string, unknown>>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- each is looked at
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof command === 'string' ? { command } : {}),
    ...(typeof responseCode === 'number' ? { responseCode } : {}),
  };
}
