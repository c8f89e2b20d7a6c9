import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { type AppendCall, AppendConnection } from './append-connection.ts';

type Request = Parameters<AppendCall['write']>[0];

class FakeCall extends EventEmitter implements AppendCall {
  readonly requests: Request[] = [];
  isCancelled = false;
  isEnded = false;

  write(request: Request): void {
    this.requests.push(request);
  }
  end(): void {
    this.isEnded = true;
  }
  cancel(): void {
    this.isCancelled = true;
  }
  answer(code?: number): void {
    this.emit('data', code === undefined ? { appendResult: {} } : { error: { code, message: 'no' } });
  }
  fail(code: number): void {
    this.emit('error', Object.assign(new Error('failed'), { code }));
  }
  get offsets(): unknown[] {
    return this.requests.map(({ offset }) => offset?.value);
  }
}

function connection() {
  const calls: FakeCall[] = [];
  const opened = new AppendConnection({
    open: () => {
      const call = new FakeCall();
      calls.push(call);
      return call;
    },
    writeStream: 'the stream',
    descriptor: { name: 'Row' },
    logger: createLogger({ service: 'test', level: 'silent' }),
    backoffMs: { first: 1, longest: 2 },
  });
  const call = async (index: number): Promise<FakeCall> => {
    for (;;) {
      const found = calls[index];
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { opened, call, calls };
}

const rows = [Uint8Array.of(1)];
const [alreadyExists, outOfRange, internal, unavailable] = [6, 11, 13, 14];

describe('AppendConnection', () => {
  it('names the stream and the schema once', async () => {
    const { opened, call } = connection();
    void opened.append(0, rows);
    void opened.append(1, rows);
    const { requests } = await call(0);
    expect(requests[0]).toMatchObject({
      writeStream: 'the stream',
      offset: { value: 0 },
      protoRows: { writerSchema: { protoDescriptor: { name: 'Row' } }, rows: { serializedRows: rows } },
    });
    expect(requests[1]).toEqual({ offset: { value: 1 }, protoRows: { rows: { serializedRows: rows } } });
  });

  it('tells the answers apart, in the order of appends', async () => {
    const { opened, call } = connection();
    const outcomes = Promise.all([0, 1, 2].map((offset) => opened.append(offset, rows)));
    const first = await call(0);
    first.answer();
    first.answer(alreadyExists);
    first.answer(outOfRange);
    expect(await outcomes).toEqual(['appended', 'exists', 'beyond']);
  });

  it('sends again, in order and with the schema, what had no answer when the connection was lost', async () => {
    const { opened, call } = connection();
    const outcomes = Promise.all([0, 1, 2].map((offset) => opened.append(offset, rows)));
    const first = await call(0);
    first.answer();
    first.fail(unavailable);
    const second = await call(1);
    expect(second.offsets).toEqual([1, 2]);
    expect(second.requests[0]).toHaveProperty('writeStream', 'the stream');
    second.answer(alreadyExists);
    second.answer();
    expect(await outcomes).toEqual(['appended', 'exists', 'appended']);
  });

  it('starts over after a failure inside the stream, since what follows it failed with it', async () => {
    const { opened, call } = connection();
    const outcomes = Promise.all([0, 1].map((offset) => opened.append(offset, rows)));
    const first = await call(0);
    first.answer(internal);
    first.answer(outOfRange);
    expect(first.isCancelled).toBe(true);
    const second = await call(1);
    second.answer();
    second.answer();
    expect(await outcomes).toEqual(['appended', 'appended']);
  });

  it('reads ALREADY_EXISTS as the status of the connection too', async () => {
    const { opened, call } = connection();
    const outcomes = Promise.all([0, 1].map((offset) => opened.append(offset, rows)));
    (await call(0)).fail(alreadyExists);
    const second = await call(1);
    expect(second.offsets).toEqual([1]);
    second.answer();
    expect(await outcomes).toEqual(['exists', 'appended']);
  });

  it('opens again only when there is something to send', async () => {
    const { opened, call, calls } = connection();
    const outcome = opened.append(0, rows);
    const first = await call(0);
    first.answer();
    await outcome;
    first.emit('end');
    expect(calls).toHaveLength(1);
    const next = opened.append(1, rows);
    (await call(1)).answer();
    expect(await next).toBe('appended');
  });

  it('rejects what has no answer when it is closed', async () => {
    const { opened, call } = connection();
    const outcome = opened.append(0, rows);
    const first = await call(0);
    opened.close();
    await expect(outcome).rejects.toThrow('closed');
    await expect(opened.append(1, rows)).rejects.toThrow('closed');
    expect(first.isCancelled).toBe(true);
  });
});
