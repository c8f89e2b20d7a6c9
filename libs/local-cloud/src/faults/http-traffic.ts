import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MeteredService } from '../core/meter.ts';
import type { FaultCode, FaultDo } from './fault.ts';
import type { IncomingCall, Traffic } from './traffic.ts';
import { httpStatus } from '../rest/status-json.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** How one service names its calls and words its errors. */
export interface HttpDialect {
  readonly service: MeteredService;
  /** Undefined: a path of ours, neither counted nor struck. */
  call(method: string, path: string): { readonly method: string; readonly resource: string } | undefined;
  readonly error: (status: number, code: FaultCode, message: string) => object;
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
    const { service, error } = dialect;
    const { method, resource } = called;
    sufferCall(traffic, { service, method, resources: [resource] }, response, error, () =>
      listener(request, response),
    );
  };
}

/** Counts, tells and strikes one call, which `serve` answers on `response` with `writeHead` and one `end`. */
export function sufferCall(
  traffic: Traffic | undefined,
  call: IncomingCall,
  response: ServerResponse,
  error: HttpDialect['error'],
  serve: () => void,
): void {
  if (traffic === undefined) {
    serve();
    return;
  }
  const { strikes, end } = traffic.begin(call);
  response.once('close', () => end(response.writableFinished ? String(response.statusCode) : 'DROPPED'));
  const { before, after } = strikes;
  if (after.length > 0) holdAnswer(response, (answer) => suffer(after, response, error, answer));
  if (before.length === 0) serve();
  else suffer(before, response, error, serve);
}

function suffer(
  strikes: readonly FaultDo[],
  response: ServerResponse,
  errorBody: HttpDialect['error'],
  go: () => void,
): void {
  const ms = strikes.reduce((sum, strike) => sum + (strike.kind === 'delay' ? strike.ms : 0), 0);
  const act = (): void => {
    const error = strikes.find((strike) => strike.kind === 'error');
    if (error !== undefined) {
      const status = httpStatus(error.code);
      const body = errorBody(status, error.code, error.message ?? `${error.code}: a planned fault`);
      response
        .writeHead(status, {
          'content-type': 'application/json',
          ...(status === 429 ? { 'retry-after': '1' } : {}),
        })
        .end(JSON.stringify(body));
    } else if (strikes.some(({ kind }) => kind === 'drop')) {
      response.destroy();
    } else {
      go();
    }
  };
  if (ms === 0) act();
  else setTimeout(act, ms).unref();
}

/** Keeps head and body of the answer back until `decide` lets them go. */
function holdAnswer(response: ServerResponse, decide: (answer: () => void) => void): void {
  const writeHead = response.writeHead.bind(response);
  const end = response.end.bind(response);
  let head: unknown[] = [];
  Object.assign(response, {
    writeHead(...args: unknown[]) {
      head = args;
      return response;
    },
    end(...args: unknown[]) {
      Object.assign(response, { writeHead, end });
      decide(() => {
        if (head.length > 0) Reflect.apply(writeHead, response, head);
        Reflect.apply(end, response, args);
      });
      return response;
    },
  });
}
