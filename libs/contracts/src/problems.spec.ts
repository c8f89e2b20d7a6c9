import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { problemsOf } from './problems.ts';

const Rule = z.strictObject({
  order: z.int(),
  days: z.array(z.strictObject({ from: z.string().max(5, 'too long') })),
});

describe('the problems of a document', () => {
  it('are a line for each field, and what is not there is missing', () => {
    const { error } = Rule.safeParse({ days: [{ from: '12:00' }, { from: '123456' }], colour: 1 });
    expect(error && problemsOf(error).split('\n').toSorted()).toEqual([
      'Unrecognized key: "colour"',
      'days[1].from: too long',
      'order: is missing',
    ]);
  });
});
