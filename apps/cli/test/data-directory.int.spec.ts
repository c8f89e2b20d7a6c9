import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudFolderIn } from '../src/stored/data-directory.ts';
import { refuseRunning } from '../src/stored/running-system.ts';

describe('a data directory', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-data-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('holds the data of a cloud, of one that a system keeps, or nothing yet', () => {
    expect(cloudFolderIn(folder)).toBe(folder);
    mkdirSync(join(folder, 'firestore'));
    expect(cloudFolderIn(folder)).toBe(folder);
    mkdirSync(join(folder, 'cloud', 'pubsub'), { recursive: true });
    expect(cloudFolderIn(folder)).toBe(join(folder, 'cloud'));
  });

  it('is none where something else lies there', () => {
    writeFileSync(join(folder, 'notes.txt'), '');
    expect(() => cloudFolderIn(folder)).toThrow(`--data-dir: in ${folder} no local cloud keeps its data`);
  });

  it('is no file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const use of [cloudFolderIn, refuseRunning])
      expect(() => use(file)).toThrow(`--data-dir: ${file} is a file, not a folder`);
  });
});
