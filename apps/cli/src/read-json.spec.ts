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

  it('may begin with a byte order mark', () => {
    expect(read('\uFEFF{"order": 1}')).toEqual({ order: 1 });
  });

  it.each([
    ['{"order": 1,\n "order": 2}', 'line 2: "order" is there twice'],
    ['{"a": [{"b": {}, "c": 1,\n\n"\\u0062": "b"}]}', 'line 3: "b" is there twice'],
  ])('is refused for a key that is there twice: %j', (content, message) => {
    expect(() => read(content)).toThrow(`rule.json: ${message}`);
  });

  it('holds the same key in objects beside and inside each other, and as text', () => {
    const content = '{"a": {"a": "a"}, "b": [{"a": "a\\": \\\\"}, {"a": ["a", "a"]}], "__proto__": {"a": 1}}';
    expect(Object.keys(read(content))).toContain('b');
  });

  it.each(['[]', 'null', '"secret"'])('is refused for %s, and shows what it is like', (content) => {
    expect(() => read(content)).toThrow('rule.json: must be one JSON object, like {"order": 1}');
  });
});
