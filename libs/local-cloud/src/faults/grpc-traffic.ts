import { ServerInterceptingCall, status as grpcStatus } from '@grpc/grpc-js';
import type { ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js';
import type { MeteredService } from '../core/meter.ts';
import type { FaultDo } from './fault.ts';
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
      return new WatchedCall(call, traffic, service, name);
    },
  ];
}

/** What its first message brings upon a call, and who hears of its end. */
interface Fate {
  strikes: Strikes;
  told: (status: string) => void;
}

/** One call: its first message decides what strikes it. */
class WatchedCall extends ServerInterceptingCall {
  readonly #call: ServerInterceptingCallInterface;
  readonly #fate: Fate;
  /** A message that changes places with the next. */
  #held: { message: unknown } | undefined;
  #isEnded = false;

  constructor(
    call: ServerInterceptingCallInterface,
    traffic: Traffic,
    service: MeteredService,
    method: string,
  ) {
    const fate: Fate = { strikes: { before: [], after: [] }, told: ignore };
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
          onCancel: () => fate.told('CANCELLED'),
        }),
    });
    this.#call = call;
    this.#fate = fate;
  }

  override sendMessage(message: unknown, callback: () => void): void {
    const { after } = this.#fate.strikes;
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
    if (after.length === 0) {
      this.#fate.told(codeName(status.code));
      super.sendStatus(status);
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
  }

  #end(status: Status): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#held !== undefined && status.code === grpcStatus.OK)
      this.#call.sendMessage(this.#held.message, ignore);
    this.#fate.told(codeName(status.code));
    this.#call.sendStatus(status);
  }
}

function ignore(): void {
  // nobody waits for it
}

function has(strikes: readonly FaultDo[], kind: FaultDo['kind']): boolean {
  return strikes.some((strike) => strike.kind === kind);
}

/** Strikes of one call wait equally long, so what was sent first stays first. */
function later(strikes: readonly FaultDo[], then: () => void): void {
  const ms = strikes.reduce((sum, strike) => sum + (strike.kind === 'delay' ? strike.ms : 0), 0);
  if (ms === 0) then();
  else setTimeout(then, ms).unref();
}

function statusOf({ code, message }: FaultDo & { kind: 'error' }): Status {
  return { code: grpcStatus[code], details: message ?? `${code}: a planned fault` };
}

function codeName(code: Status['code']): string {
  return grpcStatus[code ?? grpcStatus.UNKNOWN];
}
