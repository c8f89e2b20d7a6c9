import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../src/index.ts';

describe('createLogger', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-'));
    file = join(folder, 'logs', 'service.log');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const lines = async (): Promise<unknown[]> => {
    const text = await readFile(file, 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  };

  it('writes a line of JSON per call, at once, with service and ids', async () => {
    const logger = createLogger({ service: 'executor', file });
    logger.info({ traceId: 'abc', account: 'ada.main', eventId: 'ada.main:0000000001:0' }, 'committed');
    expect(await lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        service: 'executor',
        pid: process.pid,
        traceId: 'abc',
        account: 'ada.main',
        eventId: 'ada.main:0000000001:0',
        msg: 'committed',
      },
    ]);
  });

  it('appends to the file', async () => {
    for (const word of ['one', 'two']) createLogger({ service: 'executor', file }).info(word);
    expect(await lines()).toMatchObject([{ msg: 'one' }, { msg: 'two' }]);
  });

  it('leaves out what is below its level', async () => {
    const logger = createLogger({ service: 'executor', file, level: 'warn' });
    logger.info('quiet');
    logger.warn('loud');
    expect(await lines()).toMatchObject([{ level: 'warn', msg: 'loud' }]);
  });

  it.each(['webhookToken', 'token', 'authorization', 'Authorization', 'secret'])(
    'redacts %s up to four levels deep',
    async (name) => {
      const hidden = { [name]: 'hush', kept: 'yes' };
      const logger = createLogger({ service: 'notifier', file });
      logger.info({ ...hidden, one: hidden, two: { two: hidden }, three: { three: { three: hidden } } });
      const shown = { [name]: '[redacted]', kept: 'yes' };
      const nested = { one: shown, two: { two: shown }, three: { three: { three: shown } } };
      expect(await lines()).toMatchObject([{ ...shown, ...nested }]);
      expect(await readFile(file, 'utf8')).not.toContain('hush');
    },
  );

  it('redacts what an error carries', async () => {
    const logger = createLogger({ service: 'notifier', file });
    const error = Object.assign(new Error('refused'), { request: { headers: { authorization: 'hush' } } });
    logger.error({ err: error }, 'not delivered');
    expect(await lines()).toMatchObject([
      { err: { message: 'refused', request: { headers: { authorization: '[redacted]' } } } },
    ]);
  });

  it('redacts what a child logger is given', async () => {
    createLogger({ service: 'notifier', file }).child({ token: 'hush' }).info('hello');
    expect(await lines()).toMatchObject([{ token: '[redacted]' }]);
  });
});
