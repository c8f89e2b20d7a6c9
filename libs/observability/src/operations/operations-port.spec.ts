import { describe, expect, it } from '@jest/globals';
import { operationsPort } from './operations-port.ts';

describe('the port of operations', () => {
  it.each([
    [{}, 'executor', 9466],
    [{}, 'probe', 'off'],
    [{ OPERATIONS_PORT: '' }, 'executor', 9466],
    [{ OPERATIONS_PORT: 'off' }, 'executor', 'off'],
    [{ OPERATIONS_PORT: '0' }, 'executor', 0],
    [{ OPERATIONS_PORT: '9000' }, 'probe', 9000],
  ] as const)('of %j is, for the %s, %s', (environment, service, port) => {
    expect(operationsPort(environment, service)).toBe(port);
  });

  it.each(['on', '-1', '70000', '1.5', ' 1'])('is not "%s"', (text) => {
    expect(() => operationsPort({ OPERATIONS_PORT: text }, 'executor')).toThrow(
      `OPERATIONS_PORT must be a port, 0 or "off", not "${text}"`,
    );
  });
});
