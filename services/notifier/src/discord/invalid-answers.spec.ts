import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidAnswers } from './invalid-answers.ts';

describe('the invalid answers of our address', () => {
  it('stop all requests at the thousandth, until the first of them is ten minutes old', () => {
    const answers = new InvalidAnswers();
    for (let index = 0; index < 999; index += 1) answers.note(1_000 + index);
    expect(answers.closedUntil).toBe(0);
    answers.note(5_000);
    expect(answers.closedUntil).toBe(601_000);
    answers.note(601_000);
    expect(answers.closedUntil).toBe(601_001);
  });

  it('are never more than a thousand in any ten minutes, whoever asks and whatever is answered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 1_500, maxLength: 2_500 }),
        (gaps) => {
          const answers = new InvalidAnswers();
          const at: number[] = [];
          let now = 1;
          for (const gap of gaps) {
            now = Math.max(now + gap, answers.closedUntil);
            answers.note(now);
            at.push(now);
          }
          const most = Math.max(
            ...at.map((end) => at.filter((time) => time <= end && time > end - 600_000).length),
          );
          expect(most).toBeLessThanOrEqual(1_000);
        },
      ),
      { numRuns: 10 },
    );
  });
});
