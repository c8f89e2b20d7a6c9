import { IncomingMessage } from 'node:http';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { MeteredService } from '../core/meter.ts';
import type { FaultCode, FaultDo } from './fault.ts';
import type { Strikes } from './fault-plan.ts';
import type { IncomingCall, Traffic } from './traffic.ts';
import { httpStatus } from '../rest/status-json.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** How one service names its calls and words its errors. */
export interface HttpDialect {
  readonly service: MeteredService;
  /** Undefined: a path of ours, neither counted nor struck. */
  call(method: string, path: string): { readonly method: string; readonly resource: string } | undefined;
  readonly error: (status: number, code: FaultCode, message: string) => object;
  readonly rateLimited?: (fault: FaultDo & { kind: 'rateLimit' }) => PlannedReply;
  /** The headers of an answer whose clock is `ms` ahead. */
  readonly skewed?: (headers: OutgoingHttpHeaders, ms: number) => OutgoingHttpHeaders;
}

export interface PlannedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/**
 * Makes an HTTP server count, tell and suffer its requests: an error in the service's own words, a delay, or a
 * connection cut without an answer. `listener` must answer with `writeHead` and one `end`.
 */
export function httpTraffic(
  traffic: Traffic | undefined,
  dialect: HttpDialect,
  listener: Listener,
): Listener {
  if (traffic === undefined) return listener;
  return (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const called = dialect.call(request.method ?? 'GET', path);
    if (called === undefined) {
      listener(request, response);
      return;
    }
    const { service } = dialect;
    const { method, resource } = called;
    const strikes = beginCall(traffic, { service, method, resources: [resource] }, response);
    let serve = (): void => listener(request, response);
    if (delayOf(strikes.before) > 0) {
      const kept = wholeRequest(request);
      serve = () => void kept.then((whole) => listener(whole, response), ignore);
    }
    sufferStrikes(strikes, response, dialect, serve);
  };
}

/** Counts, tells and strikes one call, which `serve` answers on `response` with `writeHead` and one `end`. */
export function sufferCall(
  traffic: Traffic | undefined,
  call: IncomingCall,
  response: ServerResponse,
  words: Words,
  serve: () => void,
): void {
  if (traffic === undefined) serve();
  else sufferStrikes(beginCall(traffic, call, response), response, words, serve);
}

type Words = Omit<HttpDialect, 'call' | 'service'>;

function beginCall(traffic: Traffic, call: IncomingCall, response: ServerResponse): Strikes {
  const { strikes, end } = traffic.begin(call);
  response.once('close', () => end(response.writableFinished ? String(response.statusCode) : 'DROPPED'));
  return strikes;
}

function sufferStrikes(
  { before, after }: Strikes,
  response: ServerResponse,
  words: Words,
  serve: () => void,
): void {
  if (after.length > 0)
    holdAnswer(response, skewOf(after, words), (answer) => suffer(after, response, words, answer));
  if (before.length === 0) serve();
  else suffer(before, response, words, serve);
}

function suffer(strikes: readonly FaultDo[], response: ServerResponse, words: Words, go: () => void): void {
  const act = (): void => {
    const reply = plannedReply(strikes, words);
    if (reply !== undefined) {
      const { status, headers, body } = reply;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    } else if (strikes.some(({ kind }) => kind === 'drop')) {
      response.destroy();
    } else {
      go();
    }
  };
  const ms = delayOf(strikes);
  if (ms === 0) act();
  else setTimeout(act, ms).unref();
}

function plannedReply(strikes: readonly FaultDo[], words: Words): PlannedReply | undefined {
  for (const strike of strikes) {
    if (strike.kind === 'rateLimit') return words.rateLimited?.(strike);
    if (strike.kind === 'error') {
      const status = httpStatus(strike.code);
      const body = words.error(status, strike.code, strike.message ?? `${strike.code}: a planned fault`);
      return { status, headers: status === 429 ? { 'retry-after': '1' } : {}, body };
    }
  }
  return undefined;
}

function delayOf(strikes: readonly FaultDo[]): number {
  return strikes.reduce((sum, strike) => sum + (strike.kind === 'delay' ? strike.ms : 0), 0);
}

type Skew = (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders;

function skewOf(strikes: readonly FaultDo[], { skewed }: Words): Skew {
  const ms = strikes.reduce((sum, strike) => sum + (strike.kind === 'skew' ? strike.ms : 0), 0);
  return (headers) => (ms === 0 ? headers : (skewed?.(headers, ms) ?? headers));
}

/** Keeps head and body of the answer back until `decide` lets them go. */
function holdAnswer(response: ServerResponse, skew: Skew, decide: (answer: () => void) => void): void {
  const writeHead = response.writeHead.bind(response);
  const end = response.end.bind(response);
  let head: [status: number, headers: OutgoingHttpHeaders] | undefined;
  Object.assign(response, {
    writeHead(status: number, headers: OutgoingHttpHeaders = {}) {
      head = [status, headers];
      return response;
    },
    end(...args: unknown[]) {
      Object.assign(response, { writeHead, end });
      decide(() => {
        if (head !== undefined) writeHead(head[0], skew(head[1]));
        Reflect.apply(end, response, args);
      });
      return response;
    },
  });
}

/** The request with its whole body, which it keeps when the client is gone. */
async function wholeRequest(request: IncomingMessage): Promise<IncomingMessage> {
  const whole = new IncomingMessage(new Socket());
  const { method, url, headers } = request;
  Object.assign(whole, { method, url, headers, complete: true });
  for await (const chunk of request) whole.push(chunk);
  whole.push(null);
  return whole;
}

function ignore(): void {
  // the client was gone before it had asked
}
