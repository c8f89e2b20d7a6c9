import { describe, expect, it } from '@jest/globals';
import { benchmark } from './benchmark.ts';
import type { Benchmark, Target } from './benchmark.ts';
import { targetText } from './judge.ts';
import { measure } from './measure.ts';
import { failed, notRun, resultOf } from './result.ts';
import { tableOf } from './table.ts';

const machine = { cpu: 'a processor', cores: 2, node: 'v24.11.0', loadAverage: 0.4 };
const setup = () => 1;
const busy = { ...machine, loadAverage: 1.5 };

function declared(target: Target, more: Partial<Benchmark<undefined>> = {}) {
  return benchmark<undefined>({
    question: 'How fast?',
    unit: 'ns',
    target,
    setup: () => undefined,
    baseline: () => 1,
    subject: () => 1,
    ...more,
  });
}

describe('a result', () => {
  it('has the medians, and the median of the ratios pair by pair', () => {
    const samples = { subject: [10, 30, 20, 60, 50], baseline: [10, 10, 10, 10, 100] };
    const result = resultOf('book/idle', declared({ ratio: { atMost: 2 } }), samples, machine);
    expect(result).toMatchObject({ value: 30, baseline: 10, ratio: 2, pass: true, unit: 'ns' });
    expect(result.spread).toEqual({ value: [10, 60], baseline: [10, 100], ratio: [0.5, 6] });
    expect(result.samples).toEqual(samples.subject);
  });

  it('passes at its bound and misses beyond it', () => {
    const samples = { subject: [3, 3, 3, 3, 3], baseline: [2, 2, 2, 2, 2] };
    const pass = (target: Target) => resultOf('a', declared(target), samples, machine).pass;
    expect(pass({ ratio: { atMost: 1.5 } })).toBe(true);
    expect(pass({ ratio: { atMost: 1.4 } })).toBe(false);
    expect(pass({ ratio: { atLeast: 1.5 } })).toBe(true);
    expect(pass({ ratio: { atLeast: 1.6 } })).toBe(false);
    expect(pass({ value: { atMost: 3 } })).toBe(true);
    expect(pass({ value: { atLeast: 4 } })).toBe(false);
  });

  it('passes only when both of two bounds hold', () => {
    const target = { ratio: { atLeast: 2.5 }, value: { atLeast: 100 } };
    const pass = (subject: number, baseline: number) =>
      resultOf('a', declared(target), { subject: [subject], baseline: [baseline] }, machine).pass;
    expect(pass(100, 40)).toBe(true);
    expect(pass(99, 30)).toBe(false);
    expect(pass(100, 41)).toBe(false);
  });

  it('has no baseline and no ratio where nothing is compared', () => {
    const alone = benchmark({
      question: '',
      unit: '',
      target: { value: { atMost: 5 } },
      setup,
      subject: setup,
    });
    const result = resultOf('a', alone, { subject: [1, 2, 3, 4, 5], baseline: [] }, machine);
    expect(result).toMatchObject({ value: 3, baseline: null, ratio: null, pass: true });
    expect(result.spread).toEqual({ value: [1, 5] });
  });

  it('leaves a latency of a busy machine unjudged and says so', () => {
    const samples = { subject: [1], baseline: [1] };
    const latency = declared({ ratio: { atMost: 2 } }, { latency: true });
    expect(resultOf('a', latency, samples, busy)).toMatchObject({
      pass: null,
      reason: 'not judged: a latency at a load average of 0.75 per core, above 0.5',
    });
    expect(resultOf('a', latency, samples, { ...machine, loadAverage: 1 }).pass).toBe(true);
    expect(resultOf('a', declared({ ratio: { atMost: 2 } }), samples, busy).pass).toBe(true);
  });

  it('of a benchmark that failed misses its target', () => {
    const result = failed('a', declared({ ratio: { atMost: 2 } }), machine, 'took longer than 120 s');
    expect(result).toMatchObject({ value: null, pass: false, reason: 'took longer than 120 s' });
    expect(tableOf([result])).toMatch(/MISSED\na: took longer than 120 s$/);
  });

  it('of a benchmark whose needs are not met is not judged, and says what is missing', () => {
    const result = notRun('a', declared({ ratio: { atMost: 2 } }), machine, ['tape.csv', 'orders.json']);
    expect(result).toMatchObject({ value: null, pass: null, reason: 'not run: needs tape.csv, orders.json' });
  });
});

describe('a target', () => {
  it('is told in words', () => {
    expect(targetText({ ratio: { atLeast: 0.7 } }, 'commits/s')).toBe('ratio >= 0.7');
    expect(targetText({ ratio: { atMost: 2 }, value: { atMost: 400 } }, 'ms')).toBe(
      'ratio <= 2, value <= 400 ms',
    );
  });
});

describe('a declaration', () => {
  it('needs five samples, a target, and a baseline for a ratio', () => {
    expect(() => declared({ value: { atMost: 1 } }, { samples: 4 })).toThrow('samples: at least 5');
    expect(() => declared({})).toThrow('target: names neither');
    const alone = { question: '', unit: '', setup, subject: setup };
    expect(() => benchmark({ ...alone, target: { ratio: { atMost: 1 } } })).toThrow('needs a baseline');
  });
});

describe('measuring', () => {
  it('alternates baseline and subject, each first in turn, after a round that does not count', async () => {
    const calls: string[] = [];
    const subject = () => calls.push('subject');
    const baseline = () => calls.push('baseline');
    const target = { ratio: { atMost: 1 } };
    const samples = await measure(declared(target, { subject, baseline, samples: 5 }), undefined, () => {});
    expect(calls.slice(0, 6)).toEqual(['subject', 'baseline', 'baseline', 'subject', 'subject', 'baseline']);
    expect(samples).toEqual({ subject: [4, 5, 8, 9, 12], baseline: [3, 6, 7, 10, 11] });
  });

  it('refuses a measure that is no positive number', async () => {
    const target = { ratio: { atMost: 1 } };
    const broken = declared(target, { subject: () => Number.NaN });
    await expect(measure(broken, undefined, () => {})).rejects.toThrow('the subject measured NaN ns');
    const idle = declared(target, { baseline: () => 0 });
    await expect(measure(idle, undefined, () => {})).rejects.toThrow('the baseline measured 0 ns');
  });
});

describe('the table', () => {
  it('has a row for each result', () => {
    const samples = { subject: [1500, 1500, 1500, 1500, 1500], baseline: [2, 2, 2, 2, 2] };
    const result = resultOf('firestore/commit', declared({ ratio: { atLeast: 1 } }), samples, machine);
    const [header, row] = tableOf([result]).split('\n');
    expect(header).toMatch(/^benchmark +value +spread +unit +baseline +ratio +target$/);
    expect(row).toMatch(/^firestore\/commit +1,500 +1,500 to 1,500 +ns +2 +750 +ratio >= 1 +pass$/);
  });
});
