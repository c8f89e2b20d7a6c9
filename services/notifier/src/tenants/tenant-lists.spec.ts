import { describe, expect, it } from '@jest/globals';
import { TenantLists } from './tenant-lists.ts';

function given(...answers: readonly (readonly string[] | Error)[]) {
  const script = [...answers];
  const reads: string[] = [];
  const clock = { at: 1_000 };
  const lists = new TenantLists<string>({ now: () => clock.at }, async (tenant) => {
    reads.push(tenant);
    const answer = script.shift() ?? [];
    if (answer instanceof Error) throw answer;
    return Promise.resolve(answer);
  });
  return { lists, reads, clock };
}

describe('the list of a tenant', () => {
  it('is read once in two seconds, by whoever asks', async () => {
    const { lists, reads, clock } = given(['a'], ['b']);
    expect(await Promise.all([lists.of('t'), lists.of('t')])).toEqual([['a'], ['a']]);
    clock.at += 1_999;
    expect(await lists.of('t')).toEqual(['a']);
    clock.at += 1;
    expect(await lists.of('t')).toEqual(['b']);
    expect(reads).toEqual(['t', 't']);
  });

  it('is its own', async () => {
    const { lists, reads } = given(['a'], ['b']);
    expect([await lists.of('t'), await lists.of('u')]).toEqual([['a'], ['b']]);
    expect(reads).toEqual(['t', 'u']);
  });

  it('is read anew when it could not be read, or was forgotten', async () => {
    const { lists, reads } = given(new Error('the store is away'), ['b'], ['c']);
    await expect(lists.of('t')).rejects.toThrow('the store is away');
    expect(await lists.of('t')).toEqual(['b']);
    lists.forget('t');
    expect(await lists.of('t')).toEqual(['c']);
    expect(reads).toHaveLength(3);
  });
});
