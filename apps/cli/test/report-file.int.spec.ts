import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeReport } from '../src/replay/report-file.ts';

describe('the file of a report', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('takes the place of the one before, and is read by no more than that was', async () => {
    const file = join(folder, 'report.json');
    writeFileSync(file, 'before');
    chmodSync(file, 0o600);
    await writeReport(file, { ticks: 1 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ticks: 1 });
    expect([readdirSync(folder), statSync(file).mode & 0o777]).toEqual([['report.json'], 0o600]);
  });
});
