/** Where each service's process listens for operators unless `OPERATIONS_PORT` says otherwise. */
const ports: Readonly<Record<string, number>> = {
  'market-feed': 9465,
  executor: 9466,
  ledger: 9467,
  pulse: 9468,
  history: 9469,
  notifier: 9470,
};

/**
 * `OPERATIONS_PORT`: a port of 127.0.0.1, 0 for any free one, or `off`; a service of ours has one of its own.
 *
 * @throws Error that says what is wrong with it.
 */
export function operationsPort(environment: NodeJS.ProcessEnv, service: string): number | 'off' {
  const text = environment['OPERATIONS_PORT'];
  if (text === undefined || text === '') return ports[service] ?? 'off';
  if (text === 'off') return 'off';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new Error(`bad environment\nOPERATIONS_PORT must be a port, 0 or "off", not "${text}"`);
  return port;
}
