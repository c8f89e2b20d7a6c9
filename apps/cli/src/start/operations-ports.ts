import { InputError } from '../input-error.ts';
import type { ServiceName } from '../processes/service-host.ts';

const splitOrder: readonly ServiceName[] = [
  'market-feed',
  'executor',
  'ledger',
  'pulse',
  'history',
  'notifier',
];

/** Where operators ask: one port for all services of this process, or one for each that has its own. */
export interface OperationsPorts {
  readonly all: number | 'off';
  /** The ports after `all`, in the order of the flow; any free ones where `all` is 0. */
  of(service: ServiceName): string;
}

/** @throws InputError for a text that is neither a port, 0 nor `off`. */
export function operationsPorts(text: string): OperationsPorts {
  const all = parse(text);
  return {
    all,
    of(service) {
      if (all === 'off' || all === 0) return String(all);
      return String(all + 1 + splitOrder.indexOf(service));
    },
  };
}

function parse(text: string): number | 'off' {
  if (text === 'off') return text;
  const most = 65_535 - splitOrder.length;
  if (/^\d{1,5}$/.test(text) && Number(text) <= most) return Number(text);
  throw new InputError(`--operations-port: must be "off" or a port from 0 to ${most}, not "${text}"`);
}
