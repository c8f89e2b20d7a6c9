import { describe, expect, it } from '@jest/globals';
import { jsonObjectOf, parseJson } from './read-json.ts';

const read = (content: string) => jsonObjectOf(parseJson(content, 'rule.json'), 'rule.json', '{"order": 1}');

describe('the file of a command', () => {
  it('holds one JSON object', () => {
    expect(read('{"order": 1}')).toEqual({ order: 1 });
  });

  it.each(['', 'secret', '{"token": secret}'])('is refused for %s, which is not shown', (content) => {
    expect(() => read(content)).toThrow(/^rule\.json: is not JSON$/);
  });

  it('is refused with the place where it ends to be JSON', () => {
    expect(() => read('{\n  "a": 1,}')).toThrow(/^rule\.json: is not JSON \(line 2 column 10\)$/);
  });

  it.each(['[]', 'null', '"secret"'])('is refused for %s, and shows what it is like', (content) => {
    expect(() => read(content)).toThrow('rule.json: must be one JSON object, like {"order": 1}');
  });
});
