import { ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { ServerInterceptor } from '@grpc/grpc-js';
import { refuseForeign } from './loopback.ts';

/** Refuses calls whose authority is a name that was rebound to 127.0.0.1; the others pass as they are. */
export const loopbackOnly: ServerInterceptor = (_method, call) => {
  const refusal = refuseForeign({ host: call.getHost() });
  // A chain of interceptors asks for no more than the interface, and a wrapper would cost every message.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  if (refusal === undefined) return call as ServerInterceptingCall;
  return new ServerInterceptingCall(call, {
    start: () => call.sendStatus({ code: status.PERMISSION_DENIED, details: refusal }),
  });
};
