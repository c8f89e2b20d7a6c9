import { describe, expect, it } from '@jest/globals';
import { ArmingGate } from './arming-gate.ts';

/** Something that arms until it is let go, and says when it begins. */
function slow(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const arm = async (): Promise<string> => {
    log.push(`${name} begins`);
    return promise;
  };
  return { arm, finish: () => resolve(name), fail: () => reject(new Error(name)) };
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
}

describe('the gate between arming and checkpoints', () => {
  it('lets arming run side by side and hands on what it answers', async () => {
    const gate = new ArmingGate();
    const log: string[] = [];
    const [a, b] = [slow(log, 'a'), slow(log, 'b')];
    const both = [gate.arming(a.arm), gate.arming(b.arm)];
    expect(log).toEqual(['a begins', 'b begins']);
    b.finish();
    a.finish();
    expect(await Promise.all(both)).toEqual(['a', 'b']);
  });

  it('takes a snapshot at once when nothing is being armed', async () => {
    expect(await new ArmingGate().snapshot(() => 7)).toBe(7);
  });

  it('takes a snapshot only after what is being armed, and lets nothing begin before it', async () => {
    const gate = new ArmingGate();
    const log: string[] = [];
    const [before, after] = [slow(log, 'before'), slow(log, 'after')];
    const first = gate.arming(before.arm);
    const snapshot = gate.snapshot(() => log.push('snapshot'));
    const second = gate.arming(after.arm);
    await settle();
    expect(log).toEqual(['before begins']);
    before.finish();
    await Promise.all([first, snapshot]);
    await settle();
    expect(log).toEqual(['before begins', 'snapshot', 'after begins']);
    after.finish();
    expect(await second).toBe('after');
  });

  it('is not held by arming that failed, nor by a snapshot that failed', async () => {
    const gate = new ArmingGate();
    const failing = slow([], 'failing');
    const arming = gate.arming(failing.arm);
    const snapshot = gate.snapshot(() => {
      throw new Error('no state');
    });
    failing.fail();
    await expect(arming).rejects.toThrow('failing');
    await expect(snapshot).rejects.toThrow('no state');
    expect(await gate.arming(async () => Promise.resolve('open again'))).toBe('open again');
    expect(await gate.snapshot(() => 'taken')).toBe('taken');
  });

  it('lets arming that waited begin between two snapshots', async () => {
    const gate = new ArmingGate();
    const log: string[] = [];
    const one = gate.snapshot(() => log.push('first'));
    const armed = gate.arming(async () => Promise.resolve(log.push('armed')));
    await one;
    const two = gate.snapshot(() => log.push('second'));
    await Promise.all([armed, two]);
    expect(log.toSorted()).toEqual(['armed', 'first', 'second']);
  });
});
