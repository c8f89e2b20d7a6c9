import { describe, expect, it } from '@jest/globals';
import { userPath } from '../processes/entry.ts';
import { chooseIndexes } from './choose-indexes.ts';

const here = userPath('firestore.indexes.json');
const isHere = (path: string): boolean => path === here;
const nothingIsHere = (): boolean => false;

describe('the index file of bellwether cloud', () => {
  it.each([
    ['no option, a file here', undefined, isHere, here],
    ['no option, no file here', undefined, nothingIsHere, undefined],
    ['off, a file here', 'off', isHere, undefined],
    ['another file', 'other.json', isHere, userPath('other.json')],
    ['a file that is missing: opening it will say so', 'other.json', nothingIsHere, userPath('other.json')],
  ])('%s', (_, given, exists, chosen) => {
    expect(chooseIndexes(given, exists)).toBe(chosen);
  });
});
