import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BucketFiles } from './bucket-files.ts';

const asked: string[] = [];
let pauses = 0;
const files = new BucketFiles({
  bucket: 'old trades',
  endpoint: 'http://storage.test',
  authorize: async () => ({ authorization: 'Bearer t' }),
  pause: async () => {
    pauses += 1;
  },
});

function answers(...given: readonly (Response | Error)[]): void {
  const left = [...given];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : new URL(input).href;
    const headers = new Headers(init?.headers);
    asked.push(`${init?.method} ${url} ${headers.get('range') ?? ''} ${headers.get('authorization')}`);
    const next = left.shift();
    if (next instanceof Response) return next;
    throw next ?? new Error('asked too often');
  });
}

describe('a bucket of Cloud Storage', () => {
  beforeEach(() => {
    asked.length = 0;
    pauses = 0;
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is asked again while nobody answers or it is busy', async () => {
    answers(new Error('reset'), new Response('', { status: 503 }), new Response('{}'));
    await files.write('acme/a b.trades', new Uint8Array([1]));
    const path = '/upload/storage/v1/b/old%20trades/o?uploadType=media&name=acme%2Fa%20b.trades';
    expect(asked).toEqual(Array.from({ length: 3 }, () => `POST http://storage.test${path}  Bearer t`));
    expect(pauses).toBe(2);
  });

  it('gives up after five times, and where it refuses at once', async () => {
    answers(...Array.from({ length: 5 }, () => new Response('busy', { status: 429 })));
    await expect(files.read('x')).rejects.toThrow('gs://old trades answered 429: busy');
    answers(new Response('no', { status: 403 }));
    await expect(files.read('x')).rejects.toThrow('gs://old trades answered 403: no');
  });

  it('reads a part, also where the server answers with all of it', async () => {
    const whole = new Uint8Array([1, 2, 3, 4, 5]);
    answers(new Response(whole.subarray(1, 3), { status: 206 }), new Response(whole, { status: 200 }));
    expect([...(await files.read('x', { from: 1, to: 3 }))]).toEqual([2, 3]);
    expect([...(await files.read('x', { from: 1, to: 3 }))]).toEqual([2, 3]);
    expect(asked[0]).toContain(' bytes=1-2 ');
  });

  it('misses a file that is not there, and removes none', async () => {
    answers(new Response('', { status: 404 }), new Response('', { status: 404 }));
    await expect(files.read('x')).rejects.toThrow('gs://old trades has no file x');
    await files.remove('x');
    expect(asked.at(-1)).toContain('DELETE http://storage.test/storage/v1/b/old%20trades/o/x');
  });
});
