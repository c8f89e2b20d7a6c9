import { describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@bellwether/observability';
import { deliver } from './deliver.ts';
import type { Outcome, Quarantine } from './deliver.ts';
import { PoisonError } from './poison-error.ts';
import type { Received } from './received.ts';
import { Underway } from './underway.ts';

const message: Received = {
  id: '17',
  data: new Uint8Array(),
  attributes: {
    'ce-traceparent': `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    'ce-id': 'ada.main:0000000001',
    account: 'ada.main',
  },
  publishedAt: 0,
  deliveryAttempt: 1,
};

describe('deliver', () => {
  it('acknowledges what the handler finished', async () => {
    const { outcome } = setUp(() => Promise.resolve());
    await expect(outcome()).resolves.toBe('ack');
  });

  it('refuses what the handler failed at, and logs where it belongs', async () => {
    const failure = new Error('contention');
    const { outcome, error } = setUp(() => Promise.reject(failure));
    await expect(outcome()).resolves.toBe('nack');
    expect(error).toHaveBeenCalledWith(
      {
        traceId: 'a'.repeat(32),
        account: 'ada.main',
        eventId: 'ada.main:0000000001',
        messageId: '17',
        deliveryAttempt: 1,
        subscription: 'ledger.events',
        err: failure,
      },
      'handler failed',
    );
  });

  it('acknowledges what is under way when it is done, not before', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { outcome } = setUp(() => Promise.resolve(new Underway(promise)));
    let settled: Outcome | undefined;
    const end = outcome().then((each) => (settled = each));
    await new Promise(setImmediate);
    expect(settled).toBeUndefined();
    resolve();
    await expect(end).resolves.toBe('ack');
  });

  it('refuses what fails while it is under way, also where it failed before anybody waited', async () => {
    const failure = new Error('contention');
    const underway = new Underway(Promise.reject(failure));
    await new Promise(setImmediate);
    const { outcome, error } = setUp(() => Promise.resolve(underway));
    await expect(outcome()).resolves.toBe('nack');
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ err: failure }), 'handler failed');
  });

  it('acknowledges poison after it was quarantined with its reason', async () => {
    const quarantine = jest.fn<Quarantine>(() => Promise.resolve());
    const { outcome } = setUp(poison, quarantine);
    await expect(outcome()).resolves.toBe('ack');
    expect(quarantine).toHaveBeenCalledWith('ledger.events', message, 'no JSON');
  });

  it('refuses poison that could not be quarantined', async () => {
    const { outcome, error } = setUp(poison, () => Promise.reject(new Error('unavailable')));
    await expect(outcome()).resolves.toBe('nack');
    expect(error).toHaveBeenCalledWith(expect.anything(), 'quarantine failed');
  });

  it('never drops poison in silence: without a quarantine it is refused and logged', async () => {
    const { outcome, error } = setUp(poison);
    await expect(outcome()).resolves.toBe('nack');
    expect(error).toHaveBeenCalledTimes(1);
  });
});

describe('PoisonError', () => {
  it('keeps its cause', () => {
    const cause = new SyntaxError('unexpected end');
    expect(new PoisonError('no JSON', { cause })).toMatchObject({
      name: 'PoisonError',
      message: 'no JSON',
      cause,
    });
  });
});

function setUp(handle: () => Promise<unknown>, quarantine?: Quarantine) {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const error = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
  const delivery = { consumer: 'ledger.events', handle, quarantine, logger };
  const outcome = () =>
    new Promise<Outcome>((resolve) => deliver(message, delivery, (_, each) => resolve(each)));
  return { error, outcome };
}

function poison() {
  return Promise.reject(new PoisonError('no JSON'));
}
