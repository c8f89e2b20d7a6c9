import { Metadata, ServerInterceptingCall, status as grpcStatus } from '@grpc/grpc-js';
import type { MethodDefinition, ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js';
import type { MeteredService } from '../core/meter.ts';
import type { Strike } from './fault.ts';
import type { Strikes } from './fault-plan.ts';
import { resourcesOf } from './resources.ts';
import type { Traffic } from './traffic.ts';

type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

/**
 * Makes a gRPC server count, tell and suffer its calls. Before the effect, the server never sees the request;
 * after it, the server has done everything and only the answer is lost, late, doubled or replaced. Without
 * `traffic` nothing is in the way of the calls.
 */
export function grpcTraffic(traffic: Traffic | undefined, service: MeteredService): ServerInterceptor[] {
  if (traffic === undefined) return [];
  return [
    (method, call) => {
      const name = method.path.slice(method.path.lastIndexOf('/') + 1);
      return new WatchedCall(call, traffic, service, name, method);
    },
  ];
}

/** What its first message brings upon a call, who hears of its end, and how its request comes again. */
interface Fate {
  strikes: Strikes;
  told: (status: string) => void;
  again: (() => void) | undefined;
}

type Streaming = Pick<MethodDefinition<unknown, unknown>, 'requestStream' | 'responseStream'>;

/** One call: its first message decides what strikes it. */
class WatchedCall extends ServerInterceptingCall {
  readonly #call: ServerInterceptingCallInterface;
  readonly #fate: Fate;
  readonly #streams: boolean;
  #hasMetadata = false;
  #sent = 0;
  /** A message that changes places with the next. */
  #held: { message: unknown } | undefined;
  #isEnded = false;

  constructor(
    call: ServerInterceptingCallInterface,
    traffic: Traffic,
    service: MeteredService,
    method: string,
    { requestStream, responseStream }: Streaming,
  ) {
    const fate: Fate = { strikes: { before: [], after: [] }, told: ignore, again: undefined };
    let isFirst = true;
    super(call, {
      start: (next) =>
        next({
          onReceiveMessage: (message: unknown, pass: (message: unknown) => void) => {
            if (!isFirst) {
              pass(message);
              return;
            }
            isFirst = false;
            const { strikes, end } = traffic.begin({ service, method, resources: resourcesOf(message) });
            fate.strikes = strikes;
            fate.told = end;
            this.#strikeBefore(() => pass(message));
          },
          onReceiveHalfClose: (pass) => {
            if (!requestStream && has(fate.strikes.before, 'dup')) fate.again = pass;
            pass();
          },
          onCancel: () => fate.told('CANCELLED'),
        }),
    });
    this.#call = call;
    this.#fate = fate;
    this.#streams = responseStream;
  }

  override sendMetadata(metadata: Metadata): void {
    this.#hasMetadata = true;
    if (!this.#isEnded) super.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    const { after } = this.#fate.strikes;
    if (this.#isEnded) {
      callback();
      return;
    }
    if (after.length === 0) {
      super.sendMessage(message, callback);
      return;
    }
    const error = after.find((strike) => strike.kind === 'error');
    if (error !== undefined || has(after, 'drop')) {
      callback();
      if (error !== undefined) later(after, () => this.#end(statusOf(error)));
      return;
    }
    later(after, () => this.#send(message, callback));
  }

  override sendStatus(status: Status): void {
    const { after } = this.#fate.strikes;
    if (this.#isEnded) return;
    if (after.length === 0) {
      this.#isEnded = true;
      this.#finish(status);
      return;
    }
    const error = after.find((strike) => strike.kind === 'error');
    if (error === undefined && has(after, 'drop')) {
      this.#fate.told('DROPPED');
      return;
    }
    later(after, () => this.#end(error === undefined ? status : statusOf(error)));
  }

  #strikeBefore(pass: () => void): void {
    const { before } = this.#fate.strikes;
    const error = before.find((strike) => strike.kind === 'error');
    if (error === undefined && has(before, 'drop')) {
      this.#fate.told('DROPPED');
      return;
    }
    later(before, () => {
      if (error === undefined) pass();
      else this.#end(statusOf(error));
    });
  }

  #send(message: unknown, callback: () => void): void {
    if (this.#isEnded) return;
    const { after } = this.#fate.strikes;
    const cut = after.find((strike) => strike.kind === 'cut');
    const times = has(after, 'dup') ? 2 : 1;
    const send = (one: unknown, sent: () => void): void => {
      for (let left = times; left > 0; left -= 1) this.#call.sendMessage(one, left === 1 ? sent : ignore);
    };
    if (!has(after, 'reorder')) {
      send(message, callback);
    } else if (this.#held === undefined) {
      this.#held = { message };
      callback();
    } else {
      const { message: earlier } = this.#held;
      this.#held = undefined;
      send(message, ignore);
      send(earlier, callback);
    }
    this.#sent += 1;
    if (this.#sent === cut?.messages) this.#end(brokenOff);
  }

  #end(status: Status): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#held !== undefined && status.code === grpcStatus.OK)
      this.#call.sendMessage(this.#held.message, ignore);
    // Without headers before it Google's client takes the end of a stream for a lost connection.
    if (this.#streams && !this.#hasMetadata) this.#call.sendMetadata(new Metadata());
    this.#finish(status);
  }

  /** The last that the client hears; a request that comes again has come by then, outside the step that answers it. */
  #finish(status: Status): void {
    this.#fate.told(codeName(status.code));
    const { again } = this.#fate;
    if (again === undefined) {
      this.#call.sendStatus(status);
      return;
    }
    setImmediate(() => {
      again();
      this.#call.sendStatus(status);
    });
  }
}

const brokenOff: Status = { code: grpcStatus.UNAVAILABLE, details: 'UNAVAILABLE: a planned fault' };

function ignore(): void {
  // nobody waits for it
}

function has(strikes: readonly Strike[], kind: Strike['kind']): boolean {
  return strikes.some((strike) => strike.kind === kind);
}

/** Strikes of one call wait equally long, so what was sent first stays first. */
function later(strikes: readonly Strike[], then: () => void): void {
  const ms = strikes.reduce((sum, strike) => sum + (strike.kind === 'delay' ? strike.ms : 0), 0);
  if (ms === 0) then();
  else setTimeout(then, ms).unref();
}

function statusOf({ code, message }: Strike & { kind: 'error' }): Status {
  return { code: grpcStatus[code], details: message ?? `${code}: a planned fault` };
}

function codeName(code: Status['code']): string {
  return grpcStatus[code ?? grpcStatus.UNKNOWN];
}
