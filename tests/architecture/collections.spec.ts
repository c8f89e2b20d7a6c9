import { collectionAt, collections } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/root.ts';

const page = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8');
const block = /## Where state lives\s+```text\n(?<text>.*?)```/s.exec(page)?.groups?.['text'] ?? '';
/** Each line starts with paths, which hold no blanks; two blanks and what they are follow. */
const described = block
  .split('\n')
  .flatMap((line) => line.match(/^\S+(?: {2}\S*\/\S*)*/)?.[0].split('  ') ?? []);

describe('the catalogue of collections', () => {
  it('declares every collection that the page about the architecture describes', () => {
    expect(described.length).toBeGreaterThan(20);
    expect(described.filter((path) => collectionAt(path.replaceAll(/[{}]/g, '')) === undefined)).toEqual([]);
  });

  it('declares none that the page does not describe', () => {
    const known = new Set(described.map((path) => collectionAt(path.replaceAll(/[{}]/g, ''))));
    expect(Object.keys(collections).filter((name) => ![...known].some((each) => each === name))).toEqual([]);
  });
});
